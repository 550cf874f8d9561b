using System.Text.Json;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;

namespace OpenClaw.Worker.Execution.Codex;

/// <summary>Codex' sessions on disk: <c>sessions/YYYY/MM/DD/rollout-TIME-UUID.jsonl</c>. It chooses its ids itself.</summary>
internal sealed class CodexSessions(SessionIdMap names) : AgentSessions(Protocol.Payloads.Agents.Codex)
{
    private const int UuidLength = 36;

    public override string FolderVariable => "CODEX_HOME";

    public override string GetConfigFolder(IReadOnlyDictionary<string, string> environment, string home) =>
        AgentEnvironment.FindVariable(environment, FolderVariable) ?? Path.Combine(AgentEnvironment.GetHome(environment, home), ".codex");

    public override IEnumerable<FileInfo> ListFiles(string configFolder)
    {
        var sessions = new DirectoryInfo(Path.Combine(configFolder, "sessions"));
        var options = new EnumerationOptions { IgnoreInaccessible = true, RecurseSubdirectories = true, MaxRecursionDepth = 4 };
        return sessions.Exists ? sessions.EnumerateFiles("rollout-*.jsonl", options).Where(file => ParseOwnId(file) is not null) : [];
    }

    public override SessionHead ReadHead(string path, int most = SessionHead.ForList) => SessionHead.ReadFile(path, ReadLine, most);

    public override string? FindSessionId(FileInfo file, SessionHead head) => ParseOwnId(file) is { } own ? names.GetClientId(own) : null;

    public override SessionPlan ResolveSession(string configFolder, AgentPayload payload)
    {
        var own = FindSession(configFolder, payload.SessionId);
        if (own.Resume is not null || payload.ForkOf is not { } parent) return own;
        return FindSession(configFolder, parent) is { Resume: { } source } forked
            ? own with { Fork = source, Folder = forked.Folder }
            : own with { Error = ("unknown-session", $"there is no Codex session {parent} on this PC to fork") };
    }

    public override void RecordOwnId(string id, string own) => names.SavePair(id, own);

    internal static SessionHead ReadLine(JsonElement line)
    {
        if (!line.TryGetProperty("payload", out var payload) || payload.ValueKind != JsonValueKind.Object) return new(null, null);
        var prompt = SessionHead.ReadString(payload, "type") == "message" && SessionHead.ReadString(payload, "role") == "user"
            && payload.TryGetProperty("content", out var content) ? SessionHead.ReadPrompt(content) : null;
        return new(SessionHead.ReadString(payload, "cwd"), prompt);
    }

    private SessionPlan FindSession(string configFolder, string id)
    {
        var wanted = id.ToLowerInvariant();
        if (!AgentPayload.IsWholeSessionId(wanted))
            return new SessionPlan(id) { Error = ("unknown-session", $"{id} is not the complete id of a Codex session") };
        var own = names.FindOwnId(wanted) ?? wanted;
        var file = ListFiles(configFolder).FirstOrDefault(file => string.Equals(ParseOwnId(file), own, StringComparison.OrdinalIgnoreCase));
        return file is null
            ? new SessionPlan(wanted)
            : new SessionPlan(wanted) { Resume = own, Folder = ReadHead(file.FullName, SessionHead.ForTurn).Folder };
    }

    private static string? ParseOwnId(FileInfo file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        var id = name.Length > UuidLength ? name[^UuidLength..] : "";
        return AgentPayload.IsWholeSessionId(id) ? id : null;
    }
}
