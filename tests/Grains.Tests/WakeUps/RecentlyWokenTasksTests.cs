using OpenClaw.Grains.WakeUps;

namespace OpenClaw.Grains.Tests.WakeUps;

public sealed class RecentlyWokenTasksTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Guid[] due = [.. Enumerable.Range(0, 10).Select(_ => Guid.NewGuid())];

    [Fact]
    public void Who_was_poked_lately_neither_comes_again_nor_hides_the_others()
    {
        var memory = new RecentlyWokenTasks();
        Assert.Equal(due[..4], memory.ChooseDue(due, T0, 4));
        Assert.Equal(due[4..8], memory.ChooseDue(due, T0.AddSeconds(5), 4));
        Assert.Equal(due[8..], memory.ChooseDue(due, T0.AddSeconds(10), 4));
        Assert.Equal(due[..4], memory.ChooseDue(due, T0.AddSeconds(15), 4));
    }

    [Fact]
    public void Who_is_due_no_more_is_forgotten()
    {
        var memory = new RecentlyWokenTasks();
        memory.ChooseDue(due, T0, 10);
        memory.ChooseDue(due[..1], T0.AddSeconds(5), 10);
        Assert.Equal(1, memory.Count);
        memory.ChooseDue([], T0.AddSeconds(10), 10);
        Assert.Equal(0, memory.Count);
    }

    [Fact]
    public void A_clock_that_stepped_back_pokes_again()
    {
        var memory = new RecentlyWokenTasks();
        memory.ChooseDue(due, T0, 10);
        Assert.Equal(due, memory.ChooseDue(due, T0.AddHours(-1), 10));
    }
}
