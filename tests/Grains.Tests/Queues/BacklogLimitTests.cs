using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.Grains.Ports;
using OpenClaw.Grains.Queues;

namespace OpenClaw.Grains.Tests.Queues;

/// <summary>A token's limit of running tasks, in the queue's own memory. All orders: <see cref="BacklogLimitWalkTests"/>.</summary>
public sealed class BacklogLimitTests
{
    private const string Limited = "limited";
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Backlog backlog = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5), window: 10, reloadAt: 5);
    private int made;

    [Fact]
    public void The_rest_waits_in_its_order_and_others_overtake_it()
    {
        Read(most: 2);
        var tasks = AddMany(Limited, 4);
        var other = AddMany("other", 2);

        Assert.Equal([tasks[0], other[0], tasks[1], other[1], null], Take(5));
        End(tasks[1]!.Value);
        Assert.Equal([tasks[2], null], Take(2));
    }

    [Fact]
    public void What_runs_when_the_queue_begins_is_counted()
    {
        var running = Guid.NewGuid();
        Read(most: 1, running);
        var task = AddMany(Limited, 1)[0];

        Assert.Equal([null], Take(1));
        End(running);
        Assert.Equal([task], Take(1));
    }

    [Fact]
    public void An_offer_counts_and_one_that_came_back_does_not()
    {
        Read(most: 1);
        var tasks = AddMany(Limited, 2);
        Assert.Equal([tasks[0], null], Take(2));

        backlog.ReturnOffers([tasks[0]!.Value]);

        Assert.Equal([tasks[0], null], Take(2));
        backlog.ExpireOffers(Noon.AddSeconds(21));
        Assert.Equal([tasks[0]], Take(1));
    }

    [Fact]
    public void A_task_between_attempts_does_not_count_and_holds_its_key()
    {
        Read(most: 1);
        var tasks = AddMany(Limited, 1, key: "k");
        AddMany(Limited, 1, key: "k");
        var free = AddMany(Limited, 1)[0];
        Take(1);
        backlog.Remove(tasks[0]!.Value, "k", ended: false);

        backlog.Remove(tasks[0]!.Value, null, ended: true);
        backlog.Remove(tasks[0]!.Value, "k", ended: false);

        Assert.Equal([free, null], Take(2));
    }

    [Fact]
    public void A_lower_limit_lets_the_running_run_and_a_higher_one_counts_at_once()
    {
        Read(most: 3);
        var tasks = AddMany(Limited, 6);
        var running = Take(3).Select(task => task!.Value).ToArray();
        foreach (var task in running) backlog.Remove(task, null, ended: false);

        Read(most: 1, running);
        End(running[0]);
        End(running[1]);
        Assert.Equal([null], Take(1));
        End(running[2]);
        Assert.Equal([tasks[3], null], Take(2));
        Read(most: 2);
        Assert.Equal([tasks[4], null], Take(2));
    }

    [Fact]
    public void A_limit_that_is_taken_away_counts_no_more_and_a_new_one_counts_what_is_offered()
    {
        var tasks = AddMany(Limited, 4);
        Assert.Equal([tasks[0], tasks[1]], Take(2));

        Read(most: 2);
        Assert.Equal([null], Take(1));
        backlog.ApplyLimits([], BeginAndEndRead());

        Assert.Equal([tasks[2], tasks[3]], Take(2));
        Assert.False(backlog.HasLimits);
    }

    [Fact]
    public void A_share_that_was_forgotten_has_its_limit_again_with_its_next_task()
    {
        Read(most: 1);
        var first = AddMany(Limited, 1)[0]!.Value;
        Take(1);
        backlog.Remove(first, null, ended: false);
        for (var look = 1; look < 20; look++) backlog.DropEmptyGroups();
        Assert.Equal(0, backlog.ShareCount);

        AddMany(Limited, 1);

        Assert.Equal([null], Take(1));
    }

    [Fact]
    public void A_full_token_s_backlog_is_not_read_in_a_loop_and_is_read_when_there_is_room()
    {
        var running = Guid.NewGuid();
        Read(most: 1, running);
        var group = backlog.GetGroup(new("kind:command", Limited));

        Assert.Null(backlog.FindUnloadedGroups("w", "kind:command"));
        Assert.False(backlog.NeedsLoad(group));
        while (backlog.TryGetWoken(out _)) { }
        End(running);

        Assert.True(backlog.TryGetWoken(out var woken));
        Assert.Same(group, woken);
        Assert.True(backlog.NeedsLoad(group));
        Assert.Same(group, Assert.Single(backlog.FindUnloadedGroups("w", "kind:command")!));
    }

    [Fact]
    public void A_key_s_line_waits_for_its_first_whose_token_is_full()
    {
        Read(most: 1);
        var tasks = AddMany(Limited, 1);
        var first = AddMany(Limited, 1, key: "k")[0];
        var second = AddMany("other", 1, key: "k")[0];

        Assert.Equal([tasks[0], null], Take(2));
        Assert.Equal(first, backlog.GetFacts(second!.Value, "k", 0, "other").KeyHeldBy);
        End(tasks[0]!.Value);
        Assert.Equal([first, null], Take(2));
    }

    [Fact]
    public void Why_says_the_limit_of_tasks_in_the_window_and_beyond_it_and_those_go_before_nobody()
    {
        Read(most: 1);
        var tasks = AddMany(Limited, 3);
        Take(1);
        var other = AddMany("other", 1)[0]!.Value;

        Assert.Equal(1, backlog.GetFacts(tasks[2]!.Value, null, 0, Limited).ReachedLimit);
        Assert.Equal(1, backlog.GetFacts(Guid.NewGuid(), null, 0, Limited).ReachedLimit);
        Assert.Null(backlog.GetFacts(other, null, 0, "other").ReachedLimit);
        Assert.Equal(0, backlog.GetFacts(other, null, 0, "other").Ahead);
        Assert.True(backlog.IsHeldByLimits);
        backlog.Remove(tasks[0]!.Value, null, ended: true);
        Assert.Null(backlog.GetFacts(tasks[2]!.Value, null, 0, Limited).ReachedLimit);
        Assert.False(backlog.IsHeldByLimits);
    }

    [Fact]
    public void Of_an_offer_whose_start_was_never_told_the_table_s_word_counts_on_when_it_expires()
    {
        Read(most: 1);
        var tasks = AddMany(Limited, 2);
        Take(1);
        Read(most: 1, tasks[0]!.Value);

        backlog.ExpireOffers(Noon.AddSeconds(21));

        Assert.Equal([null], Take(1));
        Read(most: 1);
        Assert.NotEqual([null], Take(1));
    }

    private void Read(int most, params Guid[] running) =>
        backlog.ApplyLimits([new RunningLoad(Limited, most, running)], BeginAndEndRead());

    private long BeginAndEndRead()
    {
        var since = backlog.BeginRead();
        backlog.EndRead();
        return since;
    }

    private void End(Guid task) => backlog.Remove(task, null, ended: true);

    private Guid?[] Take(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => backlog.OfferBest("w", 1, "kind:command", Noon)?.Task)];

    private Guid?[] AddMany(string token, int count, string? key = null)
    {
        var tasks = new Guid?[count];
        for (var i = 0; i < count; i++)
        {
            tasks[i] = Guid.NewGuid();
            backlog.Add(new QueueEntry(tasks[i]!.Value, "kind:command", 0, Noon.AddSeconds(made++), key, token));
        }
        return tasks;
    }
}
