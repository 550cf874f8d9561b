using OpenClaw.Hosting.Clocks;

namespace OpenClaw.Silo.Tests.Clocks;

public sealed class AnchoredClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private readonly SteppedClock wall = new();
    private TimeSpan real = TimeSpan.FromDays(3);

    [Theory]
    [InlineData(-600)]
    [InlineData(7200)]
    [InlineData(-2_000_000_000)]
    public void No_step_of_the_wall_clock_moves_it(int seconds)
    {
        var clock = Clock();
        wall.Ahead = TimeSpan.FromSeconds(seconds);
        real += TimeSpan.FromSeconds(7);

        Assert.Equal(Noon.AddSeconds(7), clock.GetUtcNow());
        Assert.Same(wall, AnchoredClock.GetWallClock(clock));
        Assert.Same(wall, AnchoredClock.GetWallClock(wall));
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(-0.001)]
    [InlineData(7200)]
    [InlineData(-7200)]
    public void What_it_is_off_by_it_makes_up_for_slowly_and_never_goes_back(double off)
    {
        var clock = Clock();
        var (began, last) = (real, clock.GetUtcNow());
        for (var period = 0; period < 30; period++)
        {
            clock.EaseOffset(TimeSpan.FromSeconds(off) - (clock.GetUtcNow() - Noon - (real - began)), Every);
            for (var tick = 0; tick < 1000; tick++)
            {
                var before = real;
                real += Every / 1000;
                var now = clock.GetUtcNow();
                Assert.True(now > last, "it goes on");
                Assert.InRange((now - last) / (real - before), 0.9994, 1.0006);
                last = now;
            }
        }

        var made = (clock.GetUtcNow() - Noon - (real - began)).TotalSeconds;
        Assert.InRange(made, Math.Min(off, 0) - 1e-6, Math.Max(off, 0) + 1e-6);
        if (Math.Abs(off) < 0.01) Assert.Equal(off, made, 6);
        else Assert.InRange(Math.Abs(made), 0.1, real.TotalSeconds * 0.0005);
    }

    /// <summary>A reader may have the line of before, and read it a moment after it was replaced.</summary>
    [Fact]
    public void A_second_after_its_pace_was_changed_it_still_says_what_it_would_have_said()
    {
        var (eased, plain) = (Clock(), Clock());
        eased.EaseOffset(TimeSpan.FromHours(1), Every);
        real += TimeSpan.FromSeconds(1);

        Assert.Equal(plain.GetUtcNow(), eased.GetUtcNow());
        real += TimeSpan.FromSeconds(1);
        Assert.True(eased.GetUtcNow() > plain.GetUtcNow());
    }

    [Fact]
    public void It_can_be_set_forward_and_not_back()
    {
        var clock = Clock();
        clock.AdvanceAtOnce(TimeSpan.FromHours(2));

        Assert.Equal(Noon.AddHours(2), clock.GetUtcNow());
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.AdvanceAtOnce(-TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void The_time_it_goes_by_goes_on()
    {
        var (before, clock) = (BootTime.Now, new AnchoredClock(wall, Noon));

        Assert.True(SpinWait.SpinUntil(() => BootTime.Now > before, TimeSpan.FromSeconds(5)));
        Assert.InRange(clock.GetUtcNow(), Noon, Noon.AddMinutes(1));
        Assert.InRange(clock.Origin + BootTime.Now, Noon, Noon.AddMinutes(1));
    }

    private AnchoredClock Clock() => new(wall, Noon, () => real);
}
