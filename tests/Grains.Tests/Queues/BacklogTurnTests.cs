using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.Grains.Queues;

namespace OpenClaw.Grains.Tests.Queues;

/// <summary>Tokens share a queue by turns. Whatever order things happen in: <see cref="BacklogWalkTests"/>.</summary>
public sealed class BacklogTurnTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Backlog backlog = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5), window: 1000, reloadAt: 1);
    private int made;

    [Fact]
    public void Behind_a_flood_the_next_token_waits_for_one_task()
    {
        var flood = AddMany("flood", 5000);
        Assert.Equal(flood[0].Task, Take());
        var first = Add("other");
        var second = Add("other");

        Assert.Equal(first.Task, Take());
        Assert.Equal(flood[1].Task, Take());
        Assert.Equal(second.Task, Take());
        Assert.Equal(flood[2].Task, Take());
        Assert.Equal(flood[3].Task, Take());
    }

    [Fact]
    public void What_a_silo_of_before_says_of_a_task_takes_its_token_from_it_no_more()
    {
        AddMany("flood", 3);
        var task = Add("other");
        Assert.True(backlog.Add(task with { TokenId = null }));
        Take();

        Assert.Equal((task.Task, "other"), TakeEntry() is { } taken ? (taken.Task, taken.TokenId) : default);
    }

    [Fact]
    public void Who_spreads_a_flood_over_many_label_sets_has_one_turn_all_the_same()
    {
        for (var i = 0; i < 50; i++) Add("flood", requires: i % 2 == 0 ? "kind:command" : "gpu,kind:command");
        for (var i = 0; i < 10; i++) Add("other");

        var taken = Enumerable.Range(0, 20).Select(_ => TakeEntry()!.Value.TokenId).ToList();

        Assert.Equal(10, taken.Count(token => token == "other"));
        for (var i = 0; i < 20; i += 2) Assert.NotEqual(taken[i], taken[i + 1]);
    }

    [Fact]
    public void Three_tokens_have_every_third_turn_each_in_its_own_order()
    {
        var tasks = new[] { "a", "b", "c" }.ToDictionary(token => token, token => AddMany(token, 20));

        for (var turn = 0; turn < 20; turn++)
        {
            var round = new[] { TakeEntry()!.Value, TakeEntry()!.Value, TakeEntry()!.Value };
            foreach (var token in tasks.Keys) Assert.Contains(tasks[token][turn].Task, round.Select(entry => entry.Task));
        }
    }

    [Fact]
    public void A_higher_priority_goes_before_every_turn()
    {
        var urgent = Enumerable.Range(0, 3).Select(_ => Add("flood", priority: 1)).ToList();
        var other = Add("other");

        foreach (var entry in urgent) Assert.Equal(entry.Task, Take());
        Assert.Equal(other.Task, Take());
    }

    [Fact]
    public void A_token_that_always_has_something_takes_no_more_than_its_turn_from_one_with_a_backlog()
    {
        AddMany("flood", 100);
        var taken = new List<string?>();
        for (var i = 0; i < 20; i++)
        {
            if (taken.Count == 0 || taken[^1] != "flood") Add("steady");
            taken.Add(TakeEntry()!.Value.TokenId);
            // Its backlog is empty between its tasks, and its turn is remembered.
            backlog.DropEmptyGroups();
        }

        Assert.InRange(taken.Count(token => token == "flood"), 9, 11);
    }

    [Fact]
    public void A_key_keeps_its_order_across_tokens()
    {
        var first = Add("flood", key: "k");
        var second = Add("flood", key: "k");
        var third = Add("other", key: "k");

        Assert.Equal(first.Task, Take());
        Assert.Null(Take());
        backlog.Remove(first.Task, "k", ended: true);
        Assert.Equal(second.Task, Take());
        backlog.Remove(second.Task, "k", ended: true);
        Assert.Equal(third.Task, Take());
    }

    [Fact]
    public void How_many_go_before_a_task_counts_turns_and_not_what_others_have()
    {
        AddMany("flood", 50);
        Take();
        var first = Add("other");
        var second = Add("other");
        var urgent = Add("third", priority: 1);

        Assert.Equal(1, Ahead(first));
        Assert.Equal(3, Ahead(second));
        Assert.Equal(0, Ahead(urgent));
        Assert.Equal(urgent.Task, Take());
        Assert.Equal(first.Task, Take());
        Assert.Equal(1, Ahead(second));
    }

    [Fact]
    public void A_task_of_an_older_silo_names_no_token_and_is_found_under_none()
    {
        var entry = new QueueEntry(Guid.NewGuid(), "kind:command", 0, Noon, null);
        backlog.Add(entry);
        backlog.Add(entry with { TokenId = "" });

        Assert.Equal(entry.Task, Take());
        Assert.Null(Take());
    }

    [Fact]
    public void Tokens_without_tasks_are_forgotten()
    {
        for (var i = 0; i < 100; i++)
        {
            var entry = Add($"token{i}");
            Take();
            backlog.Remove(entry.Task, null, ended: true);
        }
        var kept = Add("kept");

        for (var look = 0; look < 20; look++) backlog.DropEmptyGroups();

        Assert.Equal(1, backlog.ShareCount);
        Assert.Equal(kept.Task, Take());
    }

    private int? Ahead(QueueEntry entry) => backlog.GetFacts(entry.Task, null, 0).Ahead;

    private Guid? Take() => TakeEntry()?.Task;

    private QueueEntry? TakeEntry() => backlog.OfferBest("studio", 1, "gpu,kind:command,worker:studio", Noon)?.Entry;

    private List<QueueEntry> AddMany(string token, int count) => [.. Enumerable.Range(0, count).Select(_ => Add(token))];

    private QueueEntry Add(string token, int priority = 0, string? key = null, string requires = "kind:command")
    {
        var entry = new QueueEntry(Guid.NewGuid(), requires, priority, Noon.AddMilliseconds(++made), key, token);
        backlog.Add(entry);
        return entry;
    }
}
