using OpenClaw.Protocol.Workers;

namespace OpenClaw.Worker.Execution;

/// <summary>The agent sessions on this PC's disk; the heartbeat carries them to the server when they changed.</summary>
internal interface IRecentSessions
{
    /// <summary>The newest first. Called on a heartbeat, so it reads little and never throws.</summary>
    IReadOnlyList<RecentSession> Newest(int limit);
}
