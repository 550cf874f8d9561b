namespace OpenClaw.Worker.Tests.Transport;

/// <summary>
/// A clock that runs so many times faster: what waits for minutes between two tries waits for seconds. A token that ends a call which takes
/// too long keeps its time: hurried, a limit of seconds would pass while a busy machine answers in good order.
/// </summary>
internal sealed class HurriedClock(double times) : TimeProvider
{
    private readonly long began = System.GetTimestamp();
    private readonly DateTimeOffset start = System.GetUtcNow();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => (long)((System.GetTimestamp() - began) * times);

    public override DateTimeOffset GetUtcNow() => start + GetElapsedTime(0);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        state is CancellationTokenSource
            ? System.CreateTimer(callback, state, dueTime, period)
            : new HurriedTimer(System.CreateTimer(callback, state, Hurried(dueTime), Hurried(period)), this);

    private TimeSpan Hurried(TimeSpan time) => time > TimeSpan.Zero ? time / times : time;

    private sealed class HurriedTimer(ITimer timer, HurriedClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.Hurried(dueTime), clock.Hurried(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
