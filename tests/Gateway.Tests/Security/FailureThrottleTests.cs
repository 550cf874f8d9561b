using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Security;

namespace OpenClaw.Gateway.Tests.Security;

public sealed class FailureThrottleTests
{
    private const int Capacity = 500;
    private static readonly IOptions<GatewayOptions> Options =
        Microsoft.Extensions.Options.Options.Create(new GatewayOptions { MaxAddresses = Capacity });

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void The_first_failures_wait_for_nothing_and_then_the_wait_grows_to_a_limit()
    {
        var throttle = new FailureThrottle(clock, Options);
        for (var i = 0; i < FailureThrottle.Free; i++) Assert.Equal(TimeSpan.Zero, throttle.CountFailure(IPAddress.Loopback));

        var waits = Enumerable.Range(0, 40).Select(_ => throttle.CountFailure(IPAddress.Loopback)).ToArray();

        Assert.True(waits[0] > TimeSpan.Zero);
        Assert.Equal(waits.Order(), waits);
        Assert.True(waits[^1] > waits[0]);
        Assert.True(waits[^1] <= FailureThrottle.Longest);
    }

    [Fact]
    public void Addresses_do_not_pay_for_each_other()
    {
        var throttle = new FailureThrottle(clock, Options);
        for (var i = 0; i < 100; i++) throttle.CountFailure(IPAddress.Loopback);

        Assert.Equal(TimeSpan.Zero, throttle.CountFailure(IPAddress.Parse("192.0.2.1")));
    }

    [Fact]
    public void Whoever_has_a_64_of_IPv6_is_one()
    {
        var throttle = new FailureThrottle(clock, Options);
        for (var i = 1; i <= FailureThrottle.Free; i++) throttle.CountFailure(IPAddress.Parse($"2001:db8::{i:x}"));

        Assert.True(throttle.CountFailure(IPAddress.Parse("2001:db8::ffff:1")) > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, throttle.CountFailure(IPAddress.Parse("2001:db8:0:1::1")));
    }

    [Fact]
    public void A_quiet_time_is_rewarded()
    {
        var throttle = new FailureThrottle(clock, Options);
        for (var i = 0; i < 100; i++) throttle.CountFailure(IPAddress.Loopback);
        clock.Advance(FailureThrottle.Forget + TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.Zero, throttle.CountFailure(IPAddress.Loopback));
    }

    [Fact]
    public void It_never_holds_more_addresses_than_its_capacity()
    {
        var throttle = new FailureThrottle(clock, Options);
        for (var i = 0; i < Capacity * 2 + 5; i++) throttle.CountFailure(new IPAddress(i + 1));

        Assert.InRange(throttle.Count, 1, Capacity);
    }
}
