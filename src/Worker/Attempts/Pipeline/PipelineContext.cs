namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>What the phases use of the daemon. <paramref name="Ending"/> fires last, when nothing is waited for.</summary>
internal sealed record PipelineContext(AttemptTable Attempts, TimeProvider Clock, WorkerLog Log, CancellationToken Ending)
{
    /// <summary>No work is asked for during some seconds: something is broken here, a sentence.</summary>
    public required Action<string> PauseWork { get; init; }

    /// <summary>Sends a heartbeat at once.</summary>
    public required Action BeatNow { get; init; }
}

/// <summary>The phases, in their order.</summary>
internal sealed record PipelinePhases(
    JudgePhase Judge, ApprovePhase Approve, JournalPhase Journal, StartPhase Start, ExecutePhase Execute, SpoolPhase Spool,
    ReportPhase Report);
