using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.Grains.Queues;

namespace OpenClaw.Grains.Tests.Queues;

public sealed class ParkedPollsTests
{
    private readonly ParkedPolls polls = new();

    [Fact]
    public void Who_waits_longest_is_served_first_across_makes()
    {
        var first = Park("a", "gpu,kind:command,worker:a");
        var second = Park("b", "kind:command,worker:b");
        Assert.Same(first, Find("kind:command"));
        polls.Remove(first);
        Assert.Same(second, Find("kind:command"));
    }

    [Fact]
    public void Labels_decide_who_is_served()
    {
        Park("a", "kind:command,worker:a");
        var gpu = Park("b", "gpu,kind:command,worker:b");
        Assert.Same(gpu, Find("gpu,kind:command"));
        Assert.Null(Find("kind:claude-cli"));
    }

    [Fact]
    public void A_task_that_names_a_worker_finds_its_poll_and_no_other()
    {
        Park("a", "kind:command,worker:a");
        var b = Park("b", "kind:command,worker:b");
        Assert.Same(b, Find("kind:command,worker:b"));
        Assert.Null(Find("kind:command,worker:c"));
        Assert.Null(Find("gpu,kind:command,worker:b"));
    }

    [Fact]
    public void A_poll_whose_connection_has_gone_is_passed_over()
    {
        using var gone = new CancellationTokenSource();
        Park("a", "kind:command,worker:a", cancellation: gone.Token);
        var b = Park("b", "kind:command,worker:b");
        gone.Cancel();
        Assert.Same(b, Find("kind:command"));
    }

    [Fact]
    public void A_poll_without_free_slots_takes_no_task_but_hears_of_cancels()
    {
        var full = Park("a", "kind:command,worker:a", epoch: 1, slots: 0);
        Assert.Null(Find("kind:command"));
        Assert.Null(Find("kind:command,worker:a"));
        Assert.Equal(0, polls.CountFor("kind:command"));
        Assert.True(polls.TryFindSession("a", out var found));
        Assert.Same(full, found);
    }

    [Fact]
    public async Task A_newer_poll_of_a_session_lets_the_older_go_and_a_stale_one_is_told()
    {
        var older = Park("a", "kind:command,worker:a", epoch: 2);
        Assert.True(polls.SupersedeOlder(Request("a", "kind:command,worker:a", 2, 1)));
        Assert.True((await older.Task).Superseded);
        polls.Remove(older);
        Park("a", "kind:command,worker:a", epoch: 3);
        Assert.False(polls.SupersedeOlder(Request("a", "kind:command,worker:a", 2, 1)));
    }

    [Fact]
    public void Polls_of_the_compatible_protocol_stand_beside_each_other()
    {
        var one = Park("compat", "kind:command,worker:compat");
        Assert.True(polls.SupersedeOlder(Request("compat", "kind:command,worker:compat", 0, 1)));
        Assert.True(one.IsWaiting);
        Assert.False(polls.TryFindSession("compat", out _));
    }

    [Fact]
    public void Ten_thousand_workers_of_one_make_stand_in_one_line()
    {
        var all = Enumerable.Range(0, 10_000).Select(i => Park($"w{i}", $"kind:command,worker:w{i}")).ToList();
        foreach (var poll in all)
        {
            Assert.Same(poll, Find("kind:command"));
            polls.Remove(poll);
        }
        Assert.Equal(0, polls.Count);
    }

    [Theory]
    [InlineData("kind:command", null, "kind:command")]
    [InlineData("kind:command,worker:a", "a", "kind:command")]
    [InlineData("worker:a", "a", "")]
    [InlineData("kind:command,worker:a,zebra", "a", "kind:command,zebra")]
    [InlineData("worker:a,zebra", "a", "zebra")]
    [InlineData("my-worker,zebra", null, "my-worker,zebra")]
    [InlineData("", null, "")]
    public void The_workers_own_label_is_found_and_left_out(string labels, string? worker, string rest)
    {
        Assert.Equal(worker, WorkerLabel.FindName(labels));
        Assert.Equal(rest, WorkerLabel.RemoveFrom(labels));
    }

    private ParkedPoll Park(string worker, string offers, long epoch = 0, int slots = 1, CancellationToken cancellation = default)
    {
        var poll = new ParkedPoll(Request(worker, offers, epoch, slots), cancellation);
        polls.Add(poll);
        return poll;
    }

    private ParkedPoll? Find(string requires) =>
        polls.TryFind(new BacklogGroup(new GroupName(requires, ""), new TokenShare("")), out var found) ? found : null;

    private static PollRequest Request(string worker, string offers, long epoch, int slots) =>
        new() { Worker = worker, Offers = offers, Epoch = epoch, Slots = slots };
}
