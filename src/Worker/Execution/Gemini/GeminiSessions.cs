using System.Text;
using System.Text.Json;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;

namespace OpenClaw.Worker.Execution.Gemini;

/// <summary>
/// Gemini CLI's sessions on disk: <c>tmp/PROJECT/chats/session-TIME-FIRST8.jsonl</c>, whose first line has the whole id. Its ids are the
/// clients'.
/// </summary>
internal sealed class GeminiSessions() : AgentSessions(Protocol.Payloads.Agents.Gemini)
{
    private const int InName = 8, LongestPath = 8 * 1024;

    public override string FolderVariable => "GEMINI_CLI_HOME";

    public override bool BoundToFolder => true;

    public override string GetConfigFolder(IReadOnlyDictionary<string, string> environment, string home) =>
        Path.Combine(AgentEnvironment.FindVariable(environment, FolderVariable) ?? AgentEnvironment.GetHome(environment, home), ".gemini");

    public override IEnumerable<FileInfo> ListFiles(string configFolder)
    {
        var projects = new DirectoryInfo(Path.Combine(configFolder, "tmp"));
        var options = new EnumerationOptions { IgnoreInaccessible = true };
        return projects.Exists
            ? projects.EnumerateDirectories("*", options)
                .Select(project => new DirectoryInfo(Path.Combine(project.FullName, "chats")))
                .Where(chats => chats.Exists)
                .SelectMany(chats => chats.EnumerateFiles("session-*.json*", options))
            : [];
    }

    public override SessionHead ReadHead(string path, int most = SessionHead.ForList)
    {
        var head = SessionHead.ReadFile(path, ReadLine, most);
        return head.Folder is null ? head with { Folder = ReadProjectFolder(path) } : head;
    }

    public override string? FindSessionId(FileInfo file, SessionHead head) => head.Id;

    public override SessionPlan ResolveSession(string configFolder, AgentPayload payload)
    {
        var wanted = payload.SessionId.ToLowerInvariant();
        if (!AgentPayload.IsWholeSessionId(wanted))
            return new SessionPlan(wanted) { Error = ("unknown-session", $"{wanted} is not the complete id of a Gemini session") };
        if (payload.ForkOf is not null) return new SessionPlan(wanted) { Error = ("not-supported", "Gemini CLI can't fork a session") };
        foreach (var file in ListFiles(configFolder)
            .Where(file => file.Name.Contains(wanted[..InName], StringComparison.OrdinalIgnoreCase)))
        {
            var head = ReadHead(file.FullName);
            if (string.Equals(head.Id, wanted, StringComparison.OrdinalIgnoreCase))
                return new SessionPlan(wanted) { Resume = wanted, Folder = head.Folder };
        }
        return new SessionPlan(wanted);
    }

    internal static SessionHead ReadLine(JsonElement line) => new(
        null,
        SessionHead.ReadString(line, "type") == "user" && line.TryGetProperty("content", out var content) ? SessionHead.ReadPrompt(content)
            : null,
        SessionHead.ReadString(line, "sessionId"));

    /// <summary>The folder a project's sessions are of, as the CLI notes it beside them.</summary>
    private static string? ReadProjectFolder(string path)
    {
        var note = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(path)!)!, ".project_root");
        return Encoding.UTF8.GetString(SessionFile.ReadStart(note, LongestPath)).Trim() is { Length: > 0 } folder ? folder : null;
    }
}
