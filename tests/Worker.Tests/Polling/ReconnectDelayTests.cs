using CsCheck;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Worker.Polling;

namespace OpenClaw.Worker.Tests.Polling;

public sealed class ReconnectDelayTests
{
    [Fact]
    public void The_limit_doubles_from_one_second_to_thirty_and_stays_there_for_ever()
    {
        var slowest = new ReconnectDelay(() => 1);
        Assert.Equal([1, 2, 4, 8, 16, 30, 30], Enumerable.Range(0, 7).Select(_ => slowest.GetNext().TotalSeconds));
        for (var i = 0; i < 10_000; i++)
            Assert.Equal(30, slowest.GetNext().TotalSeconds);
        slowest.Reset();
        Assert.Equal(1, slowest.GetNext().TotalSeconds);
    }

    [Fact]
    public void Every_wait_is_between_half_a_second_and_thirty() =>
        Gen.Select(Gen.Double[0, 1], Gen.Int[1, 40]).Sample((random, failures) =>
        {
            var reconnect = new ReconnectDelay(() => random);
            for (var i = 0; i < failures; i++)
                Assert.InRange(reconnect.GetNext().TotalSeconds, 0.5, 30);
        });

    [Fact]
    public void It_waits_as_long_as_it_is_told_and_not_for_ever()
    {
        var reconnect = new ReconnectDelay(() => 0.5);
        Assert.Equal(60.5, reconnect.GetNext(TimeSpan.FromSeconds(60)).TotalSeconds);
        Assert.Equal(600.5, reconnect.GetNext(TimeSpan.FromDays(9)).TotalSeconds);
        Assert.InRange(reconnect.GetNext(TimeSpan.FromSeconds(-5)).TotalSeconds, 0.5, 30);
        Assert.InRange(reconnect.GetNext(TimeSpan.Zero).TotalSeconds, 0.5, 30);
    }

    [Fact]
    public void A_machine_that_slept_is_told_by_its_two_clocks()
    {
        var clock = new SleepyClock();
        var watch = new WakeWatch(clock);
        clock.Run(TimeSpan.FromSeconds(2));
        Assert.Null(watch.FindClockGap());
        clock.Sleep(TimeSpan.FromHours(3));
        Assert.Equal(TimeSpan.FromHours(3), watch.FindClockGap());
        clock.Run(TimeSpan.FromMinutes(1));
        Assert.Null(watch.FindClockGap());
    }

    /// <summary>The monotonic clock of Linux and macOS stands still while the machine sleeps.</summary>
    private sealed class SleepyClock : TimeProvider
    {
        private readonly FakeTimeProvider steady = new();
        private TimeSpan slept;

        public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + slept;
        public override long GetTimestamp() => steady.GetTimestamp();
        public override long TimestampFrequency => steady.TimestampFrequency;
        public void Run(TimeSpan time) => steady.Advance(time);
        public void Sleep(TimeSpan time) => slept += time;
    }
}
