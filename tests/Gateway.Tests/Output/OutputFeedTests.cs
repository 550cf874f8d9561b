using OpenClaw.Gateway.Output;
using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.Gateway.Tests.Output;

public sealed class OutputFeedTests
{
    private readonly FeedBudget budget = new(total: 8 << 20);
    private readonly OutputFeed feed;

    public OutputFeedTests() => feed = new OutputFeed(Guid.NewGuid(), budget);

    [Fact]
    public void What_is_not_known_must_be_asked_of_the_store()
    {
        Assert.Null(Read(0));
        feed.AdvanceTo(1, 5);

        Assert.Null(Read(4));
        Assert.Equal([], Read(5));
        Assert.Null(feed.ReadChunks(2, 0, 100));
    }

    [Fact]
    public void A_run_is_read_from_anywhere_in_it_until_there_are_enough_bytes()
    {
        feed.PublishChunks([Chunk(3), Chunk(4)]);
        feed.PublishChunks([Chunk(5)]);

        Assert.Null(Read(2));
        Assert.Equal([3, 4, 5], Read(3)!);
        Assert.Equal([5], Read(5)!);
        Assert.Equal([], Read(6));
        Assert.Equal([3], Sequences(feed.ReadChunks(1, 3, 1)));
    }

    [Fact]
    public void A_repeat_is_taken_once()
    {
        feed.PublishChunks([Chunk(0), Chunk(1)]);
        feed.PublishChunks([Chunk(0), Chunk(1), Chunk(2)]);

        Assert.Equal([0, 1, 2], Read(0)!);
    }

    [Fact]
    public void Where_something_went_through_another_gateway_the_run_begins_anew()
    {
        feed.PublishChunks([Chunk(0)]);
        feed.PublishChunks([Chunk(2)]);

        Assert.Null(Read(0));
        Assert.Null(Read(1));
        Assert.Equal([2], Read(2)!);
        feed.PublishChunks([Chunk(1)]);
        Assert.Equal([2], Read(2)!);
    }

    [Fact]
    public void What_the_store_has_beyond_the_run_is_not_hidden_by_it()
    {
        feed.PublishChunks([Chunk(0)]);
        feed.AdvanceTo(1, 3);

        Assert.Equal([0], Read(0)!);
        Assert.Null(Read(1));
        Assert.Equal([], Read(3));
        feed.PublishChunks([Chunk(3)]);
        Assert.Equal([3], Read(3)!);
    }

    [Fact]
    public void A_later_attempt_replaces_the_earlier_which_never_comes_back()
    {
        feed.PublishChunks([Chunk(0), Chunk(1)]);
        feed.PublishChunks([Chunk(0) with { Attempt = 2 }]);
        feed.PublishChunks([Chunk(2)]);

        Assert.Null(Read(0));
        Assert.Single(feed.ReadChunks(2, 0, 100)!);
        Assert.Equal((2, 1L), feed.KnownEnd);
    }

    [Fact]
    public void A_feed_holds_no_more_than_its_bound_and_keeps_the_newest()
    {
        for (var i = 0; i < 200; i++) feed.PublishChunks([Chunk(i, 64 * 1024)]);

        Assert.InRange(budget.Held, FeedBudget.PerTask / 2, FeedBudget.PerTask);
        Assert.Equal([199], Read(199)!);
        Assert.Null(Read(0));
    }

    [Fact]
    public void Tiny_chunks_are_counted_with_what_they_cost()
    {
        for (var i = 0; i < 200_000; i++) feed.PublishChunks([Chunk(i)]);

        Assert.InRange(budget.Held, 1, FeedBudget.PerTask);
        Assert.True(feed.ReadChunks(1, 199_000, int.MaxValue)!.Count < 40_000);
    }

    [Fact]
    public void All_feeds_together_hold_no_more_than_the_budget()
    {
        var feeds = Enumerable.Range(0, 5).Select(_ => new OutputFeed(Guid.NewGuid(), budget)).ToArray();
        for (var i = 0; i < 64; i++)
            foreach (var one in feeds) one.PublishChunks([Chunk(i, 64 * 1024)]);

        Assert.InRange(budget.Held, 1, 8 << 20);
        Assert.All(feeds, one => Assert.Equal((1, 64L), one.KnownEnd));
    }

    [Fact]
    public void A_feed_that_brings_nothing_rests()
    {
        feed.PublishChunks([Chunk(0)]);
        feed.DropIfIdle();
        Assert.Equal([0], Read(0)!);
        feed.DropIfIdle();

        Assert.Equal(0, budget.Held);
        Assert.Null(Read(0));
        Assert.Equal([], Read(1));
        feed.PublishChunks([Chunk(1)]);
        Assert.Equal([1], Read(1)!);
    }

    private IEnumerable<long>? Read(long sequence) => Sequences(feed.ReadChunks(1, sequence, 1000));

    private static IEnumerable<long>? Sequences(IReadOnlyList<OutputChunk>? chunks) => chunks?.Select(chunk => chunk.Sequence);

    private static OutputChunk Chunk(long sequence, int length = 1) =>
        new(1, OutputStream.Stdout, sequence, sequence * length, new byte[length], default);
}
