namespace OpenClaw.Worker.Processes.Supervision.Deadlines;

/// <summary>What the daemon does about a run whose supervisor should have ended it.</summary>
internal enum RunStep
{
    Wait = 0,
    /// <summary>Asks the supervisor to end it, for the reason beside.</summary>
    Stop = 1,
    /// <summary>Ends the tree and the supervisor itself.</summary>
    EndTree = 2,
}

/// <summary>
/// The clocks of a run as its daemon keeps them beside its supervisor: a program can stop its supervisor, and then nobody else would end
/// it. All are longer than the supervisor's, so one that works is always first.
/// </summary>
/// <param name="Timeout">Longest run time; null: none.</param>
/// <param name="Silence">Longest time without output; null: any.</param>
internal readonly record struct RunDeadlines(TimeSpan? Timeout, TimeSpan? Silence)
{
    /// <summary>How much longer than the supervisor the daemon waits before it asks for the end itself.</summary>
    public static readonly TimeSpan DaemonDelay = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Beyond the grace, for an end that was asked for: SIGKILL in rounds takes two seconds, waiting for what can't be killed five, output
    /// that a child holds open two, and then a busy disk has to take the log.
    /// </summary>
    public static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Decides whether the daemon waits, asks for the end, or ends the run itself. Pure.</summary>
    /// <param name="ran">Since it began.</param>
    /// <param name="quiet">Since its log grew last.</param>
    /// <param name="stopping">Since its end was asked for; null: it was not.</param>
    /// <param name="grace">Between SIGTERM and SIGKILL.</param>
    public (RunStep Step, StopReason Why) DecideStep(TimeSpan ran, TimeSpan quiet, TimeSpan? stopping, TimeSpan grace)
    {
        if (stopping is { } asked)
            return (asked >= grace + EndTimeout ? RunStep.EndTree : RunStep.Wait, StopReason.None);
        if (Timeout is { } longest && ran >= longest + DaemonDelay) return (RunStep.Stop, StopReason.Timeout);
        return Silence is { } most && quiet >= most + DaemonDelay ? (RunStep.Stop, StopReason.Silence) : (RunStep.Wait, StopReason.None);
    }
}
