using Microsoft.Extensions.Time.Testing;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Polling;

namespace OpenClaw.Worker.Tests.Identity;

/// <summary>What the owner ordered for a while, on a PC whose clock is set.</summary>
public sealed class HomeClockTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder folder = new();
    private readonly WallClock wall = new() { Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero) };
    private TimeSpan sinceBoot = TimeSpan.FromDays(2);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(-600)]
    [InlineData(-2)]
    [InlineData(2)]
    [InlineData(600)]
    [InlineData(525_600)]
    public void A_yes_for_twenty_minutes_counts_for_twenty_minutes(int step)
    {
        var rules = new TemporaryApprovals(folder.File("rules"), Clock());
        rules.Add("r", "command", 20 * Minute);
        wall.Now += step * Minute;

        Pass(19 * Minute);
        Assert.NotNull(rules.FindActive("r", "command"));
        Assert.NotNull(new TemporaryApprovals(folder.File("rules"), Clock()).FindActive("r", "command"));
        Pass(Minute);
        Assert.Null(rules.FindActive("r", "command"));
        Assert.Null(new TemporaryApprovals(folder.File("rules"), Clock()).FindActive("r", "command"));
    }

    [Theory]
    [InlineData(-600)]
    [InlineData(600)]
    public void A_pause_lasts_as_long_as_it_was_ordered_for(int step)
    {
        var order = new PauseOrder(folder.File("pause"), Clock());
        order.Pause(120 * Minute);
        wall.Now += step * Minute;
        Pass(90 * Minute);

        Assert.Equal(30 * Minute, order.Left);
        Assert.Equal(30 * Minute, new PauseOrder(folder.File("pause"), Clock()).Left);
        var shown = (wall.Now + (30 * Minute)).UtcDateTime;
        Assert.Equal($"until {shown:yyyy-MM-dd HH:mm:ss}Z", order.Sentence);
        Pass(30 * Minute);
        Assert.Null(order.Left);
    }

    [Fact]
    public void After_a_start_of_the_PC_and_where_starts_have_no_name_it_is_the_PCs_clock()
    {
        Clock();
        wall.Now += 60 * Minute;

        Assert.Equal(wall.Now - (60 * Minute), Clock().GetUtcNow());
        Assert.Equal(wall.Now, Clock("another").GetUtcNow());
        Assert.Equal(wall.Now, Clock("").GetUtcNow());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("boot")]
    [InlineData("boot yesterday")]
    [InlineData("other 2026-01-01T00:00:00.0000000+00:00")]
    [InlineData("boot 2026-01-01T00:00:00.0000000+00:00 more")]
    public void A_file_that_says_something_else_says_nothing(string? saved) =>
        Assert.Equal(wall.Now - sinceBoot, HomeClock.ComputeOrigin(saved, "boot", sinceBoot, wall.Now));

    [Fact]
    public void Another_clock_than_the_machines_may_stand_anywhere()
    {
        var other = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        for (var i = 0; i < 1_000; i++)
        {
            other.Advance(TimeSpan.FromTicks(1_000_001));
            Assert.Equal(other.GetUtcNow(), HomeClock.Open(folder.File("clock"), other).GetUtcNow());
        }
    }

    [Fact]
    public void A_clock_that_was_not_set_is_shown_as_it_is()
    {
        var clock = Clock();
        wall.Now += TimeSpan.FromMilliseconds(900);

        Assert.Equal(wall.Now, HomeClock.ToWallTime(clock, wall.Now));
        Assert.Equal(wall.Now, HomeClock.ToWallTime(wall, wall.Now));
    }

    private HomeClock Clock(string boot = "boot") => new(folder.File("clock"), wall, () => sinceBoot, boot);

    private void Pass(TimeSpan time)
    {
        wall.Now += time;
        sinceBoot += time;
    }

    private sealed class WallClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
