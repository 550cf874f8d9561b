using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tests.Silo;
using Orleans.Core.Internal;

namespace OpenClaw.Grains.Tests.Queues;

[Collection(SiloCollection.Name)]
public sealed class QueueGrainTests(TestSilo silo)
{
    private readonly string pool = Guid.NewGuid().ToString("N");

    private IQueueGrain Queue => silo.Queue(pool);

    [Fact]
    public async Task A_parked_poll_gets_the_task_that_comes()
    {
        var poll = Queue.Poll(TestSilo.Poll(TestSilo.Compatible(), wait: 5), default);
        await Parked(1);
        var task = await silo.Submit(TestSilo.Spec(pool));
        Assert.Equal([task.GetPrimaryKey()], (await poll).Tasks);
    }

    [Fact]
    public async Task A_poll_that_was_cancelled_takes_nothing()
    {
        using var gone = new CancellationTokenSource();
        var dead = Queue.Poll(TestSilo.Poll(TestSilo.Compatible(), wait: 5), gone.Token);
        await Parked(1);
        await gone.CancelAsync();
        Assert.Empty((await dead).Tasks);
        var task = await silo.Submit(TestSilo.Spec(pool));
        Assert.Equal([task.GetPrimaryKey()], (await Queue.Poll(TestSilo.Poll(TestSilo.Compatible(), wait: 5), default)).Tasks);
    }

    [Fact]
    public async Task A_poll_without_work_is_answered_when_its_slice_is_over()
    {
        var poll = Queue.Poll(TestSilo.Poll(TestSilo.Compatible(), wait: 2), default);
        await Parked(1);
        silo.Clock.Advance(TimeSpan.FromSeconds(2.1));
        Assert.Empty((await poll).Tasks);
        await Parked(0);
    }

    /// <summary>
    /// Orleans sends a grain away for reasons of its own, as when the silo dies that knew where it is. It goes when its last call is
    /// answered; until then it serves nobody.
    /// </summary>
    [Fact]
    public async Task A_queue_that_is_sent_away_answers_its_parked_polls_and_serves_again()
    {
        var parked = Queue.Poll(TestSilo.Poll(TestSilo.Compatible(), wait: 2), default);
        await Parked(1);
        await Queue.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        var task = await silo.Submit(TestSilo.Spec(pool));

        for (var tries = 0; !parked.IsCompleted && tries < 100; tries++)
        {
            silo.Clock.Advance(TimeSpan.FromSeconds(0.1));
            await Task.WhenAny(parked, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System));
        }

        Assert.True(parked.IsCompleted, "the parked poll is answered when its slice is over");
        var next = (await parked).Tasks;
        if (next.Length == 0) next = (await Queue.Poll(TestSilo.Poll(TestSilo.Compatible(), wait: 5), default)).Tasks;
        Assert.Equal([task.GetPrimaryKey()], next);
    }

    [Fact]
    public async Task Tasks_go_out_by_priority_then_arrival_as_many_as_there_are_slots()
    {
        var ids = new List<Guid>();
        foreach (var priority in new[] { 0, 5, 5, 9 })
            ids.Add((await silo.Submit(TestSilo.Spec(pool) with { Priority = priority })).GetPrimaryKey());
        await Known(4);
        var reply = await Queue.Poll(TestSilo.Poll(TestSilo.Session("a"), slots: 3), default);
        Assert.Equal([ids[3], ids[1], ids[2]], reply.Tasks);
    }

    [Fact]
    public async Task Tasks_of_one_key_run_one_at_a_time_in_order()
    {
        var worker = TestSilo.Compatible();
        var tasks = new List<ITaskGrain>();
        for (var i = 0; i < 3; i++) tasks.Add(await silo.Submit(TestSilo.Spec(pool) with { ConcurrencyKey = "k" }));
        foreach (var task in tasks)
        {
            Assert.Equal([task.GetPrimaryKey()], (await Queue.Poll(TestSilo.Poll(worker, slots: 5, wait: 5), default)).Tasks);
            await task.OfferAndStart(worker, Guid.NewGuid());
            Assert.Empty((await Queue.Poll(TestSilo.Poll(worker), default)).Tasks);
            var waiting = await Queue.Why(tasks[^1].GetPrimaryKey(), "kind:command", "k");
            Assert.Equal(task == tasks[^1] ? null : task.GetPrimaryKey(), waiting.KeyHeldBy);
            await task.Finish(worker, TestSilo.Outcome(OutcomeKind.Succeeded, 0), TestSilo.Client);
        }
    }

    [Fact]
    public async Task An_offer_a_session_does_not_name_is_offered_to_it_again_at_once()
    {
        var a = TestSilo.Session("a");
        var id = (await silo.Submit(TestSilo.Spec(pool))).GetPrimaryKey();
        Assert.Equal([id], (await Queue.Poll(TestSilo.Poll(a, wait: 5), default)).Tasks);
        Assert.Empty((await Queue.Poll(TestSilo.Poll(a, held: id), default)).Tasks);
        Assert.Empty((await Queue.Poll(TestSilo.Poll(TestSilo.Session("b")), default)).Tasks);
        Assert.Equal([id], (await Queue.Poll(TestSilo.Poll(a), default)).Tasks);
    }

    [Fact]
    public async Task An_offer_nobody_started_is_offered_to_another_when_its_time_is_over()
    {
        var id = (await silo.Submit(TestSilo.Spec(pool))).GetPrimaryKey();
        Assert.Equal([id], (await Queue.Poll(TestSilo.Poll(TestSilo.Session("a"), wait: 5), default)).Tasks);
        Assert.Equal("a", (await Queue.Why(id, "kind:command", null)).OfferedTo);
        silo.Clock.Advance(TimeSpan.FromSeconds(20.1));
        Assert.Equal([id], (await Queue.Poll(TestSilo.Poll(TestSilo.Session("b"), wait: 5), default)).Tasks);
    }

    [Fact]
    public async Task A_task_whose_grain_hung_when_it_was_to_be_offered_lets_others_pass_and_comes_back_from_the_table()
    {
        var hung = (await silo.Submit(TestSilo.Spec(pool))).GetPrimaryKey();
        var next = (await silo.Submit(TestSilo.Spec(pool))).GetPrimaryKey();
        var a = TestSilo.Session("a");
        Assert.Equal([hung], (await Queue.Poll(TestSilo.Poll(a, wait: 5), default)).Tasks);
        await Queue.Remove(hung, null, ended: false);
        Assert.Equal([next], (await Queue.Poll(TestSilo.Poll(a, wait: 5), default)).Tasks);
        var poll = Queue.Poll(TestSilo.Poll(a, wait: 5, held: next), default);
        await TestSilo.Until(
            () =>
            {
                silo.Clock.Advance(TimeSpan.FromSeconds(0.1));
                if (poll is { IsCompletedSuccessfully: true, Result.Tasks: [] })
                    poll = Queue.Poll(TestSilo.Poll(a, wait: 5, held: next), default);
                return Task.FromResult(poll is { IsCompletedSuccessfully: true, Result.Tasks: [var back] } && back == hung);
            },
            "the table brings it back");
    }

    [Fact]
    public async Task A_newer_poll_of_a_session_answers_the_older_as_superseded()
    {
        var older = Queue.Poll(TestSilo.Poll(TestSilo.Session("a", 2), wait: 5), default);
        await Parked(1);
        var newer = Queue.Poll(TestSilo.Poll(TestSilo.Session("a", 2), wait: 5), default);
        Assert.True((await older).Superseded);
        Assert.True((await Queue.Poll(TestSilo.Poll(TestSilo.Session("a", 1), wait: 5), default)).Superseded);
        var task = await silo.Submit(TestSilo.Spec(pool));
        Assert.Equal([task.GetPrimaryKey()], (await newer).Tasks);
    }

    [Fact]
    public async Task What_the_queue_was_never_told_the_table_brings()
    {
        var poll = Queue.Poll(TestSilo.Poll(TestSilo.Compatible(), wait: 5), default);
        await Parked(1);
        var elsewhere = await silo.Submit(TestSilo.Spec(Guid.NewGuid().ToString("N")));
        var row = silo.Table.Row(elsewhere.GetPrimaryKey())!;
        var id = Guid.NewGuid();
        silo.Table.Put(row with { Id = id, Spec = row.Spec with { Pool = pool } });
        silo.Clock.Advance(TimeSpan.FromSeconds(4.9));
        using var enough = new CancellationTokenSource();
        var second = Queue.Poll(TestSilo.Poll(TestSilo.Compatible(), wait: 5), enough.Token);
        silo.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal([id], await OneOf(poll, second, enough));
    }

    [Fact]
    public async Task A_new_activation_knows_its_backlog_and_its_busy_keys_from_the_table()
    {
        var worker = TestSilo.Compatible();
        var first = await silo.Submit(TestSilo.Spec(pool) with { ConcurrencyKey = "k" });
        await silo.Submit(TestSilo.Spec(pool) with { ConcurrencyKey = "k" });
        var free = await silo.Submit(TestSilo.Spec(pool));
        await first.OfferAndStart(worker, Guid.NewGuid());
        var other = Guid.NewGuid().ToString("N");
        foreach (var id in new[] { first.GetPrimaryKey(), free.GetPrimaryKey() }) Assert.NotNull(silo.Table.Row(id));
        foreach (var row in silo.Table.RowsOf(pool))
            silo.Table.Put(row with { Id = Guid.NewGuid(), Spec = row.Spec with { Pool = other } });
        var reply = await silo.Queue(other).Poll(TestSilo.Poll(worker, slots: 5, wait: 5), default);
        var copy = silo.Table.Row(Assert.Single(reply.Tasks))!;
        Assert.Equal((TaskState.Queued, null), (copy.State, copy.Spec.ConcurrencyKey));
    }

    [Fact]
    public async Task Label_sets_that_nobody_serves_neither_hide_a_task_nor_hold_a_poll_up()
    {
        var row = silo.Table.Row((await silo.Submit(TestSilo.Spec(Guid.NewGuid().ToString("N")))).GetPrimaryKey())!;
        Guid Put(string requires)
        {
            var task = row with { Id = Guid.NewGuid(), Spec = row.Spec with { Pool = pool, Requires = requires } };
            silo.Table.Put(task);
            return task.Id;
        }
        for (var i = 0; i < 1200; i++) Put($"kind:command,set{i}");
        var first = Put("kind:command");
        Assert.Equal([first], (await Queue.Poll(TestSilo.Poll(TestSilo.Session("a"), held: []), default)).Tasks);
        var parked = Queue.Poll(TestSilo.Poll(TestSilo.Session("b"), wait: 5), default);
        await Parked(1);

        var lost = Put("kind:command");
        silo.Clock.Advance(TimeSpan.FromSeconds(4.9));
        using var enough = new CancellationTokenSource();
        var again = Queue.Poll(TestSilo.Poll(TestSilo.Session("c"), wait: 5), enough.Token);
        silo.Clock.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal([lost], await OneOf(parked, again, enough));
    }

    /// <summary>The first of the key is behind a whole window of one label set; the second is alone in another.</summary>
    [Fact]
    public async Task A_key_is_in_order_also_where_its_first_task_is_in_the_table_alone()
    {
        var elsewhere = await silo.Submit(TestSilo.Spec(Guid.NewGuid().ToString("N")));
        var row = silo.Table.Row(elsewhere.GetPrimaryKey())!;
        Guid Put(int second, int priority, string? key = null, string requires = "kind:command")
        {
            var spec = row.Spec with { Pool = pool, Priority = priority, ConcurrencyKey = key, Requires = requires };
            var task = row with { Id = Guid.NewGuid(), CreatedAt = row.CreatedAt.AddSeconds(second), Spec = spec };
            silo.Table.Put(task);
            return task.Id;
        }
        var first = Put(0, 0, "k");
        var urgent = Enumerable.Range(1, 1100).Select(i => Put(i, 1)).ToList();
        var second = Put(2000, 0, "k", "kind:command,worker:studio");
        var found = new List<Guid>();
        for (var polls = 0; polls < 5; polls++)
            found.AddRange((await Queue.Poll(TestSilo.Poll(TestSilo.Session("studio"), slots: 2000, held: [.. found]), default)).Tasks);

        Assert.Equal([.. urgent, first], found);
        Assert.DoesNotContain(second, found);
    }

    /// <summary>
    /// What two polls are given. The look at the table and the end of the first one's slice come at one moment, in either order: when the
    /// first has got something, nobody ends the second, for the clock stands still.
    /// </summary>
    private static async Task<Guid[]> OneOf(Task<PollReply> first, Task<PollReply> second, CancellationTokenSource enough)
    {
        var given = (await first).Tasks;
        if (given.Length > 0) await enough.CancelAsync();
        return [.. given, .. (await second).Tasks];
    }

    private Task Parked(int polls) =>
        TestSilo.Until(async () => (await Queue.Why(Guid.Empty, "kind:command", null)).WaitingWorkers == polls, $"{polls} polls parked");

    private Task Known(int ahead) => TestSilo.Until(
        async () =>
        {
            var known = 0;
            foreach (var row in silo.Table.RowsOf(pool))
                if ((await Queue.Why(row.Id, "kind:command", null)).Ahead is not null) known++;
            return known == ahead;
        },
        $"{ahead} tasks known");
}
