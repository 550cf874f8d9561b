using OpenClaw.Protocol.Waits;

namespace OpenClaw.Gateway.Calls;

/// <summary>
/// How long failures in a row are borne, and how long to pause after each: about as long as a cluster needs to replace a silo that
/// hangs. A dead one is replaced within seconds.
/// </summary>
internal struct RetryBudget(TimeProvider clock)
{
    private static readonly BackOff BackOff = new(First: TimeSpan.FromMilliseconds(50), Longest: TimeSpan.FromSeconds(1));

    /// <summary>No new try later than this after the first failure.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(16);

    private long firstFailure;

    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>A try failed: the pause before the next one, or false when it was the last.</summary>
    public bool TryGetPause(out TimeSpan pause)
    {
        if (Failures++ == 0) firstFailure = clock.GetTimestamp();
        pause = BackOff.GetPause(Failures, Random.Shared.NextDouble());
        return clock.GetElapsedTime(firstFailure) + pause < MaxDuration;
    }

    /// <summary>To be called when a try succeeded: the next failure is a first one.</summary>
    public void Reset() => Failures = 0;
}
