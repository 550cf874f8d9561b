using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>The sessions of one agent on this PC's disk: which there are, and what an id means.</summary>
internal abstract class AgentSessions(Agent agent)
{
    public Agent Agent { get; } = agent;

    /// <summary>The agent's own variable that names its folder.</summary>
    public abstract string FolderVariable { get; }

    /// <summary>A session can be gone on with only in the folder it began in.</summary>
    public virtual bool BoundToFolder => false;

    /// <summary>The folder of its settings and sessions, as its own environment says.</summary>
    public abstract string GetConfigFolder(IReadOnlyDictionary<string, string> environment, string home);

    public abstract IEnumerable<FileInfo> ListFiles(string configFolder);

    /// <summary>What the beginning of a session's file tells; at most so many bytes of it are read.</summary>
    public abstract SessionHead ReadHead(string path, int most = SessionHead.ForList);

    /// <summary>The id clients know a session by; null: the file is none.</summary>
    public abstract string? FindSessionId(FileInfo file, SessionHead head);

    /// <summary>What a turn's session id means here.</summary>
    public abstract SessionPlan ResolveSession(string configFolder, AgentPayload payload);

    /// <summary>The agent says under which id of its own it runs a session.</summary>
    public virtual void RecordOwnId(string id, string own)
    {
    }
}
