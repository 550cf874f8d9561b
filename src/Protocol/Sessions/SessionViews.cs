using OpenClaw.Protocol.Workers;

namespace OpenClaw.Protocol.Sessions;

/// <summary>GET /health. The counts are there in compatibility mode (<c>WORKER_TOKEN</c>) alone.</summary>
public sealed record Health
{
    /// <summary><c>ok</c>.</summary>
    public required string Status { get; init; }
    /// <summary>Tasks known.</summary>
    public long? Tasks { get; init; }
    /// <summary>Tasks that have ended.</summary>
    public long? Results { get; init; }
    /// <summary>Conversations known.</summary>
    public long? ActiveSessions { get; init; }
}

/// <summary>GET /claude/sessions: conversations this server has run.</summary>
public sealed record SessionList(SessionView[] Sessions);

/// <summary>A conversation: its id, when it was last used (ms since 1970), how many turns it had, the PC it is known to be on.</summary>
public sealed record SessionView(string SessionId, long LastActivity, int TaskCount, string? Worker = null);

/// <summary>GET /claude/recent: conversations on the PCs' disks, newest first.</summary>
public sealed record RecentSessionList(RecentSession[] Sessions);
