using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>Claude Code's sessions on disk: <c>projects/FOLDER/UUID.jsonl</c>. Its ids are the clients'.</summary>
internal sealed class ClaudeSessions() : AgentSessions(Protocol.Payloads.Agents.Claude)
{
    private const int Named = 5;

    public override string FolderVariable => "CLAUDE_CONFIG_DIR";

    public override string GetConfigFolder(IReadOnlyDictionary<string, string> environment, string home) =>
        AgentEnvironment.FindVariable(environment, FolderVariable) ?? Path.Combine(AgentEnvironment.GetHome(environment, home), ".claude");

    /// <summary>Every session's file. Files of sub-agents have other names and are left out.</summary>
    public override IEnumerable<FileInfo> ListFiles(string configFolder)
    {
        var projects = new DirectoryInfo(Path.Combine(configFolder, "projects"));
        var options = new EnumerationOptions { IgnoreInaccessible = true };
        return projects.Exists
            ? projects.EnumerateDirectories("*", options)
                .SelectMany(project => project.EnumerateFiles("*.jsonl", options))
                .Where(file => AgentPayload.IsWholeSessionId(Path.GetFileNameWithoutExtension(file.Name)))
            : [];
    }

    public override SessionHead ReadHead(string path, int most = SessionHead.ForList) =>
        SessionHead.ReadFile(path, ClaudeHead.ReadLine, most);

    public override string FindSessionId(FileInfo file, SessionHead head) => Path.GetFileNameWithoutExtension(file.Name);

    /// <summary>
    /// A whole id with a file is that session, without one a new session; the beginning of an id (from a server that does not resolve it)
    /// must name exactly one that exists. So must what is to be forked.
    /// </summary>
    public override SessionPlan ResolveSession(string configFolder, AgentPayload payload)
    {
        var own = FindSession(configFolder, payload.SessionId);
        // A second attempt of a fork goes on with what the first has made.
        if (own.Error is not null || own.Resume is not null || payload.ForkOf is not { } parent) return own;
        var forked = FindSession(configFolder, parent);
        if (forked.Error is not null) return forked;
        return forked.Resume is { } source
            ? own with { Fork = source, Folder = forked.Folder }
            : own with { Error = ("unknown-session", $"there is no Claude session {parent} on this PC to fork") };
    }

    private SessionPlan FindSession(string configFolder, string id)
    {
        var wanted = id.ToLowerInvariant();
        var found = ListFiles(configFolder)
            .Where(file => file.Name.StartsWith(wanted, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(file => file.LastWriteTimeUtc)
            .DistinctBy(file => file.Name, StringComparer.OrdinalIgnoreCase) // moved between projects: the newest
            .ToArray();
        return (found.Length, AgentPayload.IsWholeSessionId(id)) switch
        {
            (0, true) => new SessionPlan(wanted),
            (0, false) => new SessionPlan(id) { Error = ("unknown-session", $"no Claude session on this PC begins with {id}") },
            (1, _) => PlanExisting(found[0]),
            _ => new SessionPlan(id)
            {
                Error = ("ambiguous-session", $"{found.Length} Claude sessions on this PC begin with {id}: "
                    + string.Join(", ", found.Take(Named).Select(file => Path.GetFileNameWithoutExtension(file.Name)))),
            },
        };
    }

    private SessionPlan PlanExisting(FileInfo file)
    {
        var id = Path.GetFileNameWithoutExtension(file.Name);
        return new SessionPlan(id) { Resume = id, Folder = ReadHead(file.FullName, SessionHead.ForTurn).Folder };
    }
}
