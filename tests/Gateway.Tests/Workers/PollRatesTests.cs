using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Workers;

namespace OpenClaw.Gateway.Tests.Workers;

public sealed class PollRatesTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly PollRates rates;

    public PollRatesTests() => rates = new(clock);

    [Fact]
    public void A_hundred_empty_polls_a_second_end_in_a_wait_and_ten_do_not()
    {
        Assert.NotEqual(TimeSpan.Zero, PollFor("hasty", seconds: 60, perSecond: 100));
        Assert.Equal(TimeSpan.Zero, rates.FindWait("other"));
        Assert.Equal(TimeSpan.Zero, PollFor("patient", seconds: 600, perSecond: 10));
    }

    /// <summary>As a daemon polls: one brings work, the next asks for none, and is given up when a slot is free.</summary>
    [Fact]
    public void However_short_the_tasks_are_a_worker_that_runs_them_never_waits()
    {
        for (var i = 0; i < 100_000; i++)
        {
            Assert.Equal(TimeSpan.Zero, rates.FindWait("busy"));
            rates.CountPoll("busy");
            if (i % 2 == 0) rates.ForgivePolls("busy");
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    private TimeSpan PollFor(string session, int seconds, int perSecond)
    {
        for (var i = 0; i < seconds * perSecond; i++)
        {
            if (rates.FindWait(session) is var wait && wait > TimeSpan.Zero) return wait;
            rates.CountPoll(session);
            clock.Advance(TimeSpan.FromSeconds(1.0 / perSecond));
        }
        return TimeSpan.Zero;
    }
}
