using OpenClaw.Worker.Processes.Supervision.Deadlines;
using OpenClaw.Worker.Processes.Supervision.Logs;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Processes.Tests.Supervision;

/// <summary>The daemon's own clocks of a run, beside its supervisor's.</summary>
public sealed class RunWatchTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);
    private readonly FrozenClock clock = new();
    private readonly AttemptStop stop = new();
    private readonly RunWatch watch;

    private bool begun = true;

    public RunWatchTests() => watch = new RunWatch(
        new WatchedRun("a", 1, TimeSpan.FromSeconds(60), new LogProgress("/nonexistent"), () => { }) { HasBegun = () => begun },
        new RunDeadlines(Timeout, null), stop, clock);

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
    public void What_has_not_begun_is_not_late_for_the_time_in_which_its_daemon_was_frozen()
    {
        begun = false;
        clock.Freeze(TimeSpan.FromMinutes(1));
        foreach (var _ in Enumerable.Range(1, (int)Timeout.TotalSeconds))
            clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StopReason.None, stop.Why);
        clock.Advance(RunDeadlines.DaemonDelay + TimeSpan.FromSeconds(1));
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
}
