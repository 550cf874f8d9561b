using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.Grains.Queues;

namespace OpenClaw.Grains.Tests.Queues;

public sealed class BacklogTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Backlog backlog = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5), window: 4, reloadAt: 1);
    private int made;

    [Fact]
    public void A_task_that_was_pinned_leaves_the_label_set_it_was_in()
    {
        var entry = Entry("kind:command");
        backlog.Add(entry);
        backlog.Add(entry with { Requires = "kind:command,worker:studio" });

        Assert.Null(Take("attic"));
        Assert.Equal(entry.Task, Take("studio"));
    }

    [Fact]
    public void What_comes_back_to_a_window_that_has_moved_is_not_handed_out_before_what_the_table_has()
    {
        var late = Entry("kind:command");
        backlog.Add(late);
        Assert.Equal(late.Task, Take("studio"));
        var urgent = Enumerable.Range(0, 8).Select(_ => Entry("kind:command", priority: 1)).ToList();
        foreach (var entry in urgent) backlog.Add(entry);

        backlog.ReturnOffers([late.Task]);

        var given = new List<Guid>();
        while (Take("studio") is { } task) given.Add(task);
        Assert.Equal(urgent.Take(given.Count).Select(entry => entry.Task), given);
        Assert.True(given.Count is > 0 and < 8);
        Assert.Equal(["kind:command"], backlog.FindUnloadedGroups("studio", Offers("studio"))!.Select(group => group.Requires));
    }

    /// <summary>Counts what is compared instead of time, which says nothing on a busy machine.</summary>
    [Fact]
    public void A_poll_looks_at_no_label_set_that_its_worker_does_not_serve()
    {
        for (var i = 0; i < 20_000; i++)
        {
            backlog.Add(Entry($"kind:command,set{i:D5}"));
            backlog.Add(Entry($"kind:command,set{i:D5},worker:studio"));
        }
        var mine = Enumerable.Range(0, 50).Select(_ => Entry("kind:command")).ToList();
        foreach (var entry in mine.Take(4)) backlog.Add(entry);
        Assert.Equal(mine[0].Task, Take("studio"));
        var before = backlog.Compared;

        for (var i = 1; i < 4; i++) Assert.Equal(mine[i].Task, Take("studio"));
        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(Take("studio"));
            Assert.Null(backlog.FindUnloadedGroups("studio", Offers("studio")));
        }
        backlog.DropEmptyGroups();
        Assert.Null(Take("studio"));

        Assert.Equal(0, backlog.Compared - before);
    }

    [Fact]
    public void Label_sets_that_come_and_go_are_served_and_forgotten()
    {
        Assert.Null(Take("studio"));
        for (var round = 0; round < 30; round++)
        {
            var general = Entry("kind:command");
            var own = Entry("kind:command,worker:studio");
            backlog.Add(general);
            backlog.Add(own);
            Assert.Equal([general.Task, own.Task], [Take("studio")!.Value, Take("studio")!.Value]);
            backlog.Remove(general.Task, null, ended: true);
            backlog.Remove(own.Task, null, ended: true);
            backlog.DropEmptyGroups();
            Assert.Null(Take("studio"));
        }
    }

    private Guid? Take(string worker) => backlog.OfferBest(worker, 1, Offers(worker), Noon)?.Task;

    private static string Offers(string worker) => $"kind:command,worker:{worker}";

    private QueueEntry Entry(string requires, int priority = 0) =>
        new(Guid.NewGuid(), requires, priority, Noon.AddMilliseconds(++made), null);
}
