using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.Grains.Queues;

namespace OpenClaw.Grains.Tests.Queues;

/// <summary>Tasks with a large payload: one at a time for a worker's line, and in nobody's way.</summary>
public sealed class LargeTaskTests
{
    private const string Small = "kind:command";
    private const string Roomy = "kind:command,size:large,worker:pc";
    private const string Full = "kind:command,worker:pc";
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(1);
    private readonly Backlog backlog = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));

    [Fact]
    public void A_worker_without_room_gets_the_small_tasks_behind_large_ones()
    {
        var large = Enumerable.Range(0, 40).Select(number => Add("kind:command,size:large", number)).ToArray();
        var small = Add(Small, 100);
        Assert.Equal(large[0], backlog.OfferBest("pc", 1, Roomy, Now)!.Task);
        Assert.Equal(small, backlog.OfferBest("pc", 1, Full, Now)!.Task);
        Assert.Null(backlog.OfferBest("pc", 1, Full, Now));
        Assert.Equal(large[1], backlog.OfferBest("pc", 1, Roomy, Now)!.Task);
    }

    [Fact]
    public void While_its_payload_is_on_its_way_an_offer_stands_but_not_for_ever()
    {
        var large = Add("kind:command,size:large", 0);
        var small = Add(Small, 1);
        backlog.OfferBest("pc", 1, Roomy, Now);
        backlog.OfferBest("pc", 1, Roomy, Now);
        var now = Now;
        for (var slice = 0; slice < 119; slice++) Look(now += TimeSpan.FromSeconds(5), large, small);
        Assert.Equal(small, backlog.OfferBest("other", 1, Roomy, now)!.Task);
        Assert.Null(backlog.OfferBest("other", 1, Roomy, now));
        for (var slice = 0; slice < 6; slice++) Look(now += TimeSpan.FromSeconds(5), large);
        Assert.Equal(large, backlog.OfferBest("other", 1, Roomy, now)!.Task);
    }

    [Fact]
    public void An_offer_that_is_not_named_was_lost_however_large()
    {
        var large = Add("kind:command,size:large", 0);
        backlog.OfferBest("pc", 1, Roomy, Now);
        Look(Now.AddSeconds(1));
        Assert.Equal(large, backlog.OfferBest("pc", 1, Roomy, Now.AddSeconds(1))!.Task);
    }

    /// <summary>What the queue does at each slice of a poll.</summary>
    private void Look(DateTimeOffset now, params Guid[] held)
    {
        backlog.ExtendLargeOffers("pc", 1, held, now);
        backlog.ExpireOffers(now);
        backlog.ReturnLost("pc", 1, held);
    }

    private Guid Add(string requires, int second)
    {
        var task = Guid.NewGuid();
        backlog.Add(new QueueEntry(task, requires, 0, DateTimeOffset.UnixEpoch.AddSeconds(second), null));
        return task;
    }
}
