using OpenClaw.Worker.Processes.Supervision.Deadlines;

namespace OpenClaw.Worker.Processes.Tests.Supervision;

public sealed class LeaseClockTests
{
    private TimeSpan now = TimeSpan.FromHours(1);

    [Fact]
    public void It_runs_out_a_lease_after_the_request_that_was_granted_last()
    {
        var clock = new LeaseClock(Seconds(45), () => now, Seconds(5));
        Assert.Equal(Seconds(40), clock.Left);
        now += Seconds(30);
        clock.Renew(Seconds(2));
        Assert.Equal(Seconds(43), clock.Left);
        now += Seconds(43);
        Assert.Equal(TimeSpan.Zero, clock.Left);
    }

    [Fact]
    public void An_older_renewal_that_comes_late_changes_nothing()
    {
        var clock = new LeaseClock(Seconds(45), () => now, TimeSpan.Zero);
        clock.Renew(Seconds(20));
        Assert.Equal(Seconds(45), clock.Left);
    }

    /// <summary>The next attempt begins when lease and killGrace are over on the server; this one has to be gone by then.</summary>
    [Fact]
    public void A_run_ends_before_the_server_s_lease_by_more_than_the_time_between_two_looks_at_it() =>
        Assert.InRange(Seconds(45) - LeaseClock.ComputeEndDelay(Seconds(45)), Seconds(2), Seconds(5));

    [Fact]
    public void The_time_that_counts_goes_on()
    {
        var before = BootTimeClock.GetElapsed();
        Assert.True(before > TimeSpan.Zero);
        Assert.True(BootTimeClock.GetElapsed() >= before);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
