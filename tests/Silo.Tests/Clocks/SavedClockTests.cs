using OpenClaw.Hosting.Clocks;

namespace OpenClaw.Silo.Tests.Clocks;

public sealed class SavedClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan UpFor = TimeSpan.FromHours(5);

    /// <summary>
    /// It was noon by OpenClaw's clock when the machine had been up for four hours, and the machine's own clock said 14:00.
    /// </summary>
    private static readonly SavedClock Saved = new("boot-a", Noon.AddHours(-4), TimeSpan.FromHours(-2));

    public static TheoryData<string?, bool, bool, double> Starts()
    {
        var starts = new TheoryData<string?, bool, bool, double>();
        foreach (var wall in new[] { 0.0, 2, 15, -100 })
        {
            foreach (var boot in new[] { "boot-a", "boot-b", null })
            {
                starts.Add(boot, true, true, wall);
                starts.Add(boot, true, false, wall);
                starts.Add(boot, false, true, wall);
                starts.Add(boot, false, false, wall);
            }
        }
        return starts;
    }

    [Theory]
    [MemberData(nameof(Starts))]
    public void Time_is_carried_on_where_a_task_waits(string? boot, bool isSaved, bool isIdle, double wallHours)
    {
        var wall = Noon.AddHours(wallHours);
        var expected = isIdle || !isSaved ? wall : boot == "boot-a" ? Noon.AddHours(1) : wall.AddHours(-2);

        Assert.Equal(expected, SavedClock.DecideStartTime(isSaved ? Saved : null, boot, UpFor, wall, isIdle));
    }

    [Fact]
    public void Two_machines_that_say_nothing_of_their_start_are_not_the_same() =>
        Assert.Equal(Noon.AddHours(-2), SavedClock.DecideStartTime(Saved with { Boot = null }, null, UpFor, Noon, isIdle: false));

    [Fact]
    public void It_is_read_as_it_was_written_and_nothing_else_is()
    {
        Assert.Equal(Saved, SavedClock.Parse(Saved.ToString()));
        Assert.Equal(Saved with { Boot = null }, SavedClock.Parse((Saved with { Boot = null }).ToString()));
        foreach (var text in new[] { "", "x", "a b c", $"{Saved} more", Saved.ToString()[..30], "- yesterday 00:00:00" })
            Assert.Null(SavedClock.Parse(text));
    }
}
