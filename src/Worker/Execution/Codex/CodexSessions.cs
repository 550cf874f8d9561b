using System.Text.Json;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;

namespace OpenClaw.Worker.Execution.Codex;

/// <summary>Codex' sessions on disk: <c>sessions/YYYY/MM/DD/rollout-TIME-UUID.jsonl</c>. It chooses its ids itself.</summary>
internal sealed class CodexSessions(SessionNames names) : SessionDisk(Protocol.Payloads.Agents.Codex)
{
    private const int UuidLength = 36;

    public override string FolderVariable => "CODEX_HOME";

    public override string ConfigFolder(IReadOnlyDictionary<string, string> environment, string home) =>
        AgentHome.Value(environment, FolderVariable) ?? Path.Combine(AgentHome.Home(environment, home), ".codex");

    public override IEnumerable<FileInfo> All(string configFolder)
    {
        var sessions = new DirectoryInfo(Path.Combine(configFolder, "sessions"));
        var options = new EnumerationOptions { IgnoreInaccessible = true, RecurseSubdirectories = true, MaxRecursionDepth = 4 };
        return sessions.Exists ? sessions.EnumerateFiles("rollout-*.jsonl", options).Where(file => OwnId(file) is not null) : [];
    }

    public override SessionHead Head(string path, int most = SessionHead.ForList) => SessionHead.Read(path, Line, most);

    public override string? IdOf(FileInfo file, SessionHead head) => OwnId(file) is { } own ? names.IdOf(own) : null;

    public override SessionPlan Plan(string configFolder, AgentPayload payload)
    {
        var own = Find(configFolder, payload.SessionId);
        if (own.Resume is not null || payload.ForkOf is not { } parent) return own;
        return Find(configFolder, parent) is { Resume: { } source } forked
            ? own with { Fork = source, Folder = forked.Folder }
            : own with { Fault = ("unknown-session", $"there is no Codex session {parent} on this PC to fork") };
    }

    public override void Began(string id, string own) => names.Keep(id, own);

    internal static SessionHead Line(JsonElement line)
    {
        if (!line.TryGetProperty("payload", out var payload) || payload.ValueKind != JsonValueKind.Object) return new(null, null);
        var prompt = SessionHead.Text(payload, "type") == "message" && SessionHead.Text(payload, "role") == "user"
            && payload.TryGetProperty("content", out var content) ? SessionHead.Prompt(content) : null;
        return new(SessionHead.Text(payload, "cwd"), prompt);
    }

    private SessionPlan Find(string configFolder, string id)
    {
        var wanted = id.ToLowerInvariant();
        if (!AgentPayload.IsWholeSessionId(wanted))
            return new SessionPlan(id) { Fault = ("unknown-session", $"{id} is not the complete id of a Codex session") };
        var own = names.Own(wanted) ?? wanted;
        var file = All(configFolder).FirstOrDefault(file => string.Equals(OwnId(file), own, StringComparison.OrdinalIgnoreCase));
        return file is null
            ? new SessionPlan(wanted)
            : new SessionPlan(wanted) { Resume = own, Folder = Head(file.FullName, SessionHead.ForTurn).Folder };
    }

    private static string? OwnId(FileInfo file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        var id = name.Length > UuidLength ? name[^UuidLength..] : "";
        return AgentPayload.IsWholeSessionId(id) ? id : null;
    }
}
