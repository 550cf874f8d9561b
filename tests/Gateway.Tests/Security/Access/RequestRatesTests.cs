using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Security.Access;

namespace OpenClaw.Gateway.Tests.Security.Access;

public sealed class RequestRatesTests
{
    private readonly FakeTimeProvider clock = new();

    [Theory, InlineData(1), InlineData(3), InlineData(60), InlineData(1_000)]
    public void A_minutes_worth_at_once_and_then_one_after_the_other(int perMinute)
    {
        var rates = new RequestRates(clock);
        for (var i = 0; i < perMinute; i++) Assert.Equal(TimeSpan.Zero, rates.CountRequest("a", perMinute));
        var wait = rates.CountRequest("a", perMinute);
        Assert.InRange(wait, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1) / perMinute + TimeSpan.FromTicks(1));
        Assert.Equal(TimeSpan.Zero, rates.CountRequest("b", perMinute));

        clock.Advance(wait);
        Assert.Equal(TimeSpan.Zero, rates.CountRequest("a", perMinute));
        Assert.NotEqual(TimeSpan.Zero, rates.CountRequest("a", perMinute));
        clock.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < perMinute; i++) Assert.Equal(TimeSpan.Zero, rates.CountRequest("a", perMinute));
        Assert.NotEqual(TimeSpan.Zero, rates.CountRequest("a", perMinute));
    }

    [Fact]
    public void However_it_is_asked_no_more_get_through_than_a_bucket_and_what_flows_into_it()
    {
        var rates = new RequestRates(clock);
        var random = new Random(7);
        var (let, began) = (0, clock.GetUtcNow());
        for (var i = 0; i < 20_000; i++)
        {
            if (rates.CountRequest("a", 30) == TimeSpan.Zero) let++;
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(0, 100)));
            Assert.True(let <= 31 + 30 * (clock.GetUtcNow() - began).TotalMinutes);
        }
        Assert.True(let >= 30 * (clock.GetUtcNow() - began).TotalMinutes);
    }
}
