using Microsoft.Extensions.Time.Testing;

namespace OpenClaw.Worker.Processes.Tests.Harness;

/// <summary>The clock of a process that is frozen (SIGSTOP, sleep): its timers fire late by as long as that was.</summary>
internal sealed class FrozenClock : TimeProvider
{
    private readonly FakeTimeProvider running = new();
    private long frozen;

    public override long TimestampFrequency => running.TimestampFrequency;

    public override long GetTimestamp() => running.GetTimestamp() + Interlocked.Read(ref frozen);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        running.CreateTimer(callback, state, dueTime, period);

    public void Advance(TimeSpan time) => running.Advance(time);

    public void Freeze(TimeSpan time) => Interlocked.Add(ref frozen, time.Ticks);
}
