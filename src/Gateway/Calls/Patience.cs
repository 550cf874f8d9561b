namespace OpenClaw.Gateway.Calls;

/// <summary>
/// How long failures in a row are borne, and how long to pause after each: about as long as a cluster needs to replace a silo that
/// hangs. A dead one is replaced within seconds.
/// </summary>
internal struct Patience(TimeProvider clock)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>No new try later than this after the first failure.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(16);

    private long firstFailure;

    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>A try failed: the pause before the next one, or false when it was the last.</summary>
    public bool TryPause(out TimeSpan pause)
    {
        if (Failures++ == 0) firstFailure = clock.GetTimestamp();
        pause = PauseAfter(Failures, Random.Shared.NextDouble());
        return clock.GetElapsedTime(firstFailure) + pause < Budget;
    }

    /// <summary>A try succeeded.</summary>
    public void Reset() => Failures = 0;

    /// <summary>Doubles with each failure; half of it is chance, so that those who failed together do not come back together.</summary>
    public static TimeSpan PauseAfter(int failures, double chance)
    {
        var pause = Shortest * (1L << Math.Min(failures - 1, 10));
        return (pause < Longest ? pause : Longest) * (0.5 + chance / 2);
    }
}
