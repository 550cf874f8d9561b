using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tests.Silo;

namespace OpenClaw.Grains.Tests.Queues;

/// <summary>Messages to a queue, and its answers, that were lost with a silo: what they said is found within seconds.</summary>
[Collection(SiloCollection.Name)]
public sealed class LostMessageTests(TestSilo silo)
{
    private readonly string pool = Guid.NewGuid().ToString("N");
    private IQueueGrain Queue => silo.Queue(pool);

    [Fact]
    public async Task A_task_given_to_a_compatible_poll_whose_answer_was_lost_is_given_to_another_within_seconds()
    {
        var id = (await silo.Submit(TestSilo.Spec(pool))).GetPrimaryKey();
        Assert.Equal([id], (await Queue.Poll(TestSilo.Poll(TestSilo.Compatible(), wait: 5), default)).Tasks);
        silo.Clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Empty((await Queue.Poll(TestSilo.Poll(TestSilo.Compatible("b")), default)).Tasks);
        silo.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal([id], (await Queue.Poll(TestSilo.Poll(TestSilo.Compatible("b")), default)).Tasks);
    }

    [Fact]
    public async Task A_session_s_offer_outlives_a_compatible_one_that_was_made_after_it()
    {
        var first = (await silo.Submit(TestSilo.Spec(pool))).GetPrimaryKey();
        Assert.Equal([first], (await Queue.Poll(TestSilo.Poll(TestSilo.Session("a"), wait: 5), default)).Tasks);
        var second = (await silo.Submit(TestSilo.Spec(pool))).GetPrimaryKey();
        Assert.Equal([second], (await Queue.Poll(TestSilo.Poll(TestSilo.Compatible(), wait: 5), default)).Tasks);
        silo.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal([second], (await Queue.Poll(TestSilo.Poll(TestSilo.Compatible("b"), slots: 5), default)).Tasks);
    }

    [Fact]
    public async Task A_task_the_queue_was_not_told_of_is_found_though_the_queue_never_runs_dry()
    {
        var elsewhere = await silo.Submit(TestSilo.Spec(Guid.NewGuid().ToString("N")));
        for (var i = 0; i < 5; i++) await silo.Submit(TestSilo.Spec(pool));
        await TestSilo.Until(async () => await Next() is not null, "known");
        var row = silo.Table.Row(elsewhere.GetPrimaryKey())!;
        var lost = row with { Id = Guid.NewGuid(), Spec = row.Spec with { Pool = pool } };
        silo.Table.Put(lost);

        silo.Clock.Advance(TimeSpan.FromSeconds(5.1));

        await TestSilo.Until(async () => (await Queue.Why(lost.Id, "kind:command", null)).Ahead is not null, "found");
        Assert.Equal(lost.Id, await Next());
    }

    [Fact]
    public async Task What_is_in_the_groups_is_not_looked_at_again_soon_where_that_takes_long()
    {
        var reads = await LookForLong();

        for (var looks = 0; looks < 4; looks++) await LookAgain(reads);

        Assert.Equal(1, reads.Heads);
    }

    [Fact]
    public async Task Who_asks_gets_a_task_the_queue_was_not_told_of_though_looks_take_long()
    {
        var reads = await LookForLong();
        var other = TestSilo.Session("studio") with { Offers = "kind:other" };
        Assert.Empty((await Queue.Poll(TestSilo.Poll(other), default)).Tasks);
        var elsewhere = await silo.Submit(TestSilo.Spec(Guid.NewGuid().ToString("N")));
        var row = silo.Table.Row(elsewhere.GetPrimaryKey())!;
        var lost = row with { Id = Guid.NewGuid(), Spec = row.Spec with { Pool = pool, Requires = "kind:other" } };
        silo.Table.Put(lost);

        await LookAgain(reads);

        Assert.Equal([lost.Id], (await Queue.Poll(TestSilo.Poll(other, wait: 5), default)).Tasks);
        Assert.Equal(2, reads.Heads);
    }

    [Fact]
    public async Task A_repeated_cancel_reaches_the_worker_though_the_first_hint_was_lost()
    {
        var studio = TestSilo.Session("studio");
        var task = await silo.Submit(TestSilo.Spec(pool));
        await task.Start(studio, 1);
        await task.Cancel(TestSilo.Client);
        Assert.Equal([task.GetPrimaryKey()], (await Queue.Poll(TestSilo.Poll(studio, slots: 0, wait: 5), default)).Cancels!);

        var again = await task.Cancel(TestSilo.Client);

        Assert.Equal((Rejection.None, true), (again.Rejection, again.Repeated));
        Assert.Equal([task.GetPrimaryKey()], (await Queue.Poll(TestSilo.Poll(studio, slots: 0, wait: 5), default)).Cancels!);
    }

    /// <summary>The queue has taken a second for what is in its one group, and hands out more than these tests ask for.</summary>
    private async Task<PoolReads> LookForLong()
    {
        for (var i = 0; i < 30; i++) await silo.Submit(TestSilo.Spec(pool));
        await TestSilo.Until(async () => await Next() is not null, "known");
        var reads = silo.Table.Watch(pool, () => silo.Clock.Advance(TimeSpan.FromSeconds(1)));
        await LookAgain(reads);
        await TestSilo.Until(() => Task.FromResult(reads.Heads == 1), "looked at");
        return reads;
    }

    /// <summary>Lets the queue look at the table, which it does when somebody has asked and no look is under way.</summary>
    private async Task LookAgain(PoolReads reads)
    {
        // Each goes through the grain's turns: then the look before is over.
        for (var polls = 0; polls < 3; polls++) Assert.NotNull(await Next());
        var seen = reads.Groups;
        silo.Clock.Advance(TimeSpan.FromSeconds(5.1));
        await TestSilo.Until(() => Task.FromResult(reads.Groups > seen), "looked");
    }

    private async Task<Guid?> Next()
    {
        var tasks = (await Queue.Poll(TestSilo.Poll(TestSilo.Compatible()), default)).Tasks;
        return tasks.Length > 0 ? tasks[0] : null;
    }
}
