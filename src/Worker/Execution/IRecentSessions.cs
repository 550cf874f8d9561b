using OpenClaw.Protocol.Workers;

namespace OpenClaw.Worker.Execution;

/// <summary>The agent sessions on this PC's disk; the heartbeat carries them to the server when they changed.</summary>
internal interface IRecentSessions
{
    /// <summary>The newest first. Reads little. May hang where the user's files do: called on a thread that may.</summary>
    IReadOnlyList<RecentSession> GetNewest(int limit);
}
