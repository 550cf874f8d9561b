using Microsoft.Extensions.Time.Testing;
using OpenClaw.Worker.Processes.Supervision.Deadlines;
using OpenClaw.Worker.Processes.Supervision.Logs;

namespace OpenClaw.Worker.Processes.Tests.Supervision;

/// <summary>The daemon's own clocks of a run, beside its supervisor's.</summary>
public sealed class RunWatchTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);
    private readonly FrozenClock clock = new();
    private readonly AttemptStop stop = new();
    private readonly RunWatch watch;

    public RunWatchTests() => watch = new RunWatch(
        new WatchedRun("a", 1, TimeSpan.FromSeconds(60), new LogProgress("/nonexistent"), () => { }), new RunDeadlines(Timeout, null), stop,
        clock);

    public void Dispose()
    {
        watch.Dispose();
        stop.Dispose();
    }

    [Fact]
    public void A_run_that_its_supervisor_does_not_end_in_time_is_stopped()
    {
        clock.Advance(Timeout + RunDeadlines.DaemonDelay);
        Assert.Equal(StopReason.Timeout, stop.Why);
    }

    [Fact]
    public void While_the_supervisor_waits_for_the_yes_no_time_counts_and_then_it_counts_anew()
    {
        watch.Pause();
        clock.Advance(TimeSpan.FromMinutes(1));
        watch.Restart((long)Timeout.TotalMilliseconds);
        clock.Advance(Timeout);
        Assert.Equal(StopReason.None, stop.Why);
        clock.Advance(RunDeadlines.DaemonDelay);
        Assert.Equal(StopReason.Timeout, stop.Why);
    }

    [Fact]
    public void A_daemon_that_was_frozen_reads_first_what_came_in_meanwhile()
    {
        clock.Freeze(TimeSpan.FromMinutes(1));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StopReason.None, stop.Why);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StopReason.Timeout, stop.Why);
    }

    /// <summary>Its timers fire late by as long as the process was frozen.</summary>
    private sealed class FrozenClock : TimeProvider
    {
        private readonly FakeTimeProvider running = new();
        private TimeSpan frozen;

        public override long TimestampFrequency => running.TimestampFrequency;

        public override long GetTimestamp() => running.GetTimestamp() + frozen.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            running.CreateTimer(callback, state, dueTime, period);

        public void Advance(TimeSpan time) => running.Advance(time);

        public void Freeze(TimeSpan time) => frozen += time;
    }
}
