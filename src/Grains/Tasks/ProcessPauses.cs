namespace OpenClaw.Grains.Tasks;

/// <summary>
/// Times in which this process stood still: stopped, frozen with its machine, or starved. Heartbeats went to a silo that took its place
/// meanwhile, or wait unread in its own sockets; and its timers all go off at once when it goes on.
/// </summary>
internal sealed class ProcessPauses : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly TimeProvider clock;
    private readonly TimeSpan shortest;
    private readonly ITimer beat;
    private long beatAt;
    private long endedAt = long.MinValue;

    /// <param name="clock">The machine's own: a grain's may be set by a test, or rebased, without any pause.</param>
    /// <param name="shortest">What counts as one.</param>
    public ProcessPauses(TimeProvider clock, TimeSpan shortest)
    {
        (this.clock, this.shortest, beatAt) = (clock, shortest, clock.GetTimestamp());
        beat = clock.CreateTimer(_ => CheckPause(), null, Every, Every);
    }

    /// <summary>Time since the last one ended; null: there was none.</summary>
    public TimeSpan? SinceLast
    {
        get
        {
            // Asked by a timer that went off before the beat's own.
            CheckPause();
            return Interlocked.Read(ref endedAt) is var at and not long.MinValue ? clock.GetElapsedTime(at) : null;
        }
    }

    public void Dispose() => beat.Dispose();

    private void CheckPause()
    {
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(Interlocked.Exchange(ref beatAt, now), now) >= shortest) Interlocked.Exchange(ref endedAt, now);
    }
}
