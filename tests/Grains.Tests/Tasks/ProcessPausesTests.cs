using Microsoft.Extensions.Time.Testing;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Tasks;

public sealed class ProcessPausesTests
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_process_that_goes_on_has_no_pause()
    {
        var clock = new FakeTimeProvider();
        using var pauses = new ProcessPauses(clock, Shortest);
        for (var second = 0; second < 60; second++) clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(pauses.SinceLast);
    }

    [Fact]
    public void Whoever_asks_first_when_it_goes_on_is_told()
    {
        var clock = new StillClock();
        using var pauses = new ProcessPauses(clock, Shortest);
        clock.Seconds = 9;
        Assert.Null(pauses.SinceLast);
        clock.Seconds = 70;
        Assert.Equal(TimeSpan.Zero, pauses.SinceLast);
        clock.Seconds = 73;
        Assert.Equal(TimeSpan.FromSeconds(3), pauses.SinceLast);
    }

    /// <summary>
    /// A silo that hung for a minute: its timers go off before it reads what came meanwhile, or finds out that it was replaced.
    /// </summary>
    [Theory, InlineData(1), InlineData(2)]
    public void Nothing_is_given_up_by_what_was_heard_before_it(int maxAttempts)
    {
        var running = Situations.Running(Situations.Spec with { MaxAttempts = maxAttempts });
        var (now, tick) = (Situations.T0.AddSeconds(200), TaskTrigger.Tick.Instance);
        var step = TaskMachine.ApplyTrigger(running, tick, now, Situations.Options);
        Assert.NotEqual(TaskState.Running, step.Record!.State);
        Assert.True(Missed(running, TimeSpan.FromSeconds(1)));
        Assert.False(Missed(running, null));
        // The pause was over before it was heard of last: what is known is of after it.
        Assert.False(Missed(running, TimeSpan.FromSeconds(200)));

        bool Missed(TaskRecord record, TimeSpan? sincePause) =>
            MemoryRules.HasMissedHeartbeats(record, tick, step, now, sincePause, Situations.Options);
    }

    /// <summary>Its timers do not go off: a process that stands still.</summary>
    private sealed class StillClock : TimeProvider
    {
        public long Seconds { get; set; }
        public override long TimestampFrequency => 1;
        public override long GetTimestamp() => Seconds;
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new FakeTimeProvider().CreateTimer(callback, state, dueTime, period);
    }
}
