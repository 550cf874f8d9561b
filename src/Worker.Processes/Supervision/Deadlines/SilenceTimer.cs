namespace OpenClaw.Worker.Processes.Supervision.Deadlines;

/// <summary>Ends an attempt that prints nothing for so long. Looks when the silence could be long enough, not at every byte.</summary>
internal sealed class SilenceTimer : IAsyncDisposable
{
    private readonly TimeSpan limit;
    private readonly Func<long> lastWrite;
    private readonly AttemptStop stop;
    private readonly TimeProvider clock;
    private readonly ITimer timer;

    private SilenceTimer(TimeSpan limit, Func<long> lastWrite, AttemptStop stop, TimeProvider clock)
    {
        (this.limit, this.lastWrite, this.stop, this.clock) = (limit, lastWrite, stop, clock);
        timer = clock.CreateTimer(_ => CheckSilence(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null when there is no limit.</summary>
    public static SilenceTimer? StartIfLimited(TimeSpan? limit, Func<long> lastWrite, AttemptStop stop, TimeProvider clock) =>
        limit is { } time ? new SilenceTimer(time, lastWrite, stop, clock) : null;

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private void CheckSilence()
    {
        var left = limit - clock.GetElapsedTime(lastWrite());
        if (left <= TimeSpan.Zero)
            stop.Request(StopReason.Silence);
        else
            timer.Change(left, Timeout.InfiniteTimeSpan);
    }
}
