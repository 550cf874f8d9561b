namespace OpenClaw.Worker.Processes;

/// <summary>Why a running attempt is to end before its time.</summary>
internal enum StopReason
{
    None = 0,
    /// <summary>The client asked for it.</summary>
    Cancel = 1,
    /// <summary>It ran too long.</summary>
    Timeout = 2,
    /// <summary>It printed nothing for too long.</summary>
    Silence = 3,
    /// <summary>The server has given the task to another attempt, or another daemon took this worker over.</summary>
    Superseded = 4,
    /// <summary>The lease could not be renewed and something else may take its place.</summary>
    LeaseLost = 5,
    /// <summary>The daemon is being stopped and the time for draining is over.</summary>
    WorkerStopped = 6,
    /// <summary>Its supervisor was killed: how its program would have ended is not known.</summary>
    SupervisorLost = 7,
    /// <summary>An agent's model answered nothing for too long after the start.</summary>
    NoFirstOutput = 8,
}

/// <summary>A cancellation that says why. The first reason wins.</summary>
internal sealed class AttemptStop : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private int reason;

    /// <summary>Fires when the attempt is to end.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Why; None while it may run.</summary>
    public StopReason Why => (StopReason)Volatile.Read(ref reason);

    /// <summary>The longest grace there is time for; null: the task's own.</summary>
    public TimeSpan? LongestGrace { get; private set; }

    /// <summary>There is no more time for an end in good order: what it has still running is ended at once.</summary>
    public bool IsOverdue { get; private set; }

    /// <summary>The time for it to end, once stopped, is over.</summary>
    public void MarkOverdue() => IsOverdue = true;

    /// <summary>Ends the attempt; later calls change nothing.</summary>
    public void Request(StopReason why, TimeSpan? longestGrace = null)
    {
        if (Interlocked.CompareExchange(ref reason, (int)why, 0) != 0) return;
        LongestGrace = longestGrace;
        try
        {
            // Not on the caller's thread: it may be the heartbeat, which nothing may hold up.
            _ = source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The attempt ended in this instant.
        }
    }

    public void Dispose() => source.Dispose();
}
