using System.Net;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Compat;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Compat;

public sealed class CompatiblePollRatesTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void A_hundred_polls_a_second_that_wait_for_nothing_end_in_a_wait_and_fifty_do_not()
    {
        var rates = new CompatiblePollRates(clock);
        Assert.NotEqual(TimeSpan.Zero, PollFor(rates, "hasty", seconds: 120, perSecond: 100));
        Assert.Equal(TimeSpan.Zero, rates.CountPoll("other"));
        Assert.Equal(TimeSpan.Zero, PollFor(rates, "many", seconds: 300, perSecond: 50));
    }

    [Fact]
    public void Polls_that_bring_work_or_that_wait_are_never_too_many()
    {
        var rates = new CompatiblePollRates(clock);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(TimeSpan.Zero, rates.CountPoll("busy"));
            if (i % 100 == 0) rates.ForgivePolls("busy");
            Assert.Equal(TimeSpan.Zero, rates.CountPoll(null));
        }
    }

    [Fact]
    public async Task Who_asks_all_the_time_without_waiting_is_told_when_to_come_again_and_who_waits_is_not()
    {
        HttpStatusCode status;
        var asked = 0;
        do
        {
            using var answer = await gateway.Shared.GetAsync("/worker/poll?wait=0&name=hasty");
            status = answer.StatusCode;
            if (status == HttpStatusCode.TooManyRequests)
            {
                Assert.NotNull(answer.Headers.RetryAfter);
                Assert.Contains("let each wait for work", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }
        while (status == HttpStatusCode.OK && ++asked < 100_000);
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.InRange(asked, CompatiblePollRates.EmptyPerMinute, 100_000);

        // Another name at the same address, and a poll that waits, are none of it; and work is given all the same.
        using var other = await gateway.Shared.GetAsync("/worker/poll?wait=0&name=other");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        var id = await gateway.Client.Submit("""{"command":"true"}""");
        using var patient = await gateway.Shared.GetAsync("/worker/poll?wait=25000&name=hasty");
        Assert.Contains(id, await patient.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private TimeSpan PollFor(CompatiblePollRates rates, string sender, int seconds, int perSecond)
    {
        for (var i = 0; i < seconds * perSecond; i++)
        {
            if (rates.CountPoll(sender) is var wait && wait > TimeSpan.Zero) return wait;
            clock.Advance(TimeSpan.FromSeconds(1.0 / perSecond));
        }
        return TimeSpan.Zero;
    }
}
