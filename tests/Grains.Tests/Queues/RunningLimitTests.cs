using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tests.Silo;
using Orleans.Core.Internal;

namespace OpenClaw.Grains.Tests.Queues;

/// <summary>A token's limit of running tasks, with all the grains that have to do with it.</summary>
[Collection(SiloCollection.Name)]
public sealed class RunningLimitTests(TestSilo silo) : IAsyncLifetime
{
    private readonly string pool = Guid.NewGuid().ToString("N");
    private readonly Actor limited = new($"limited-{Guid.NewGuid():N}", null);
    private readonly Actor other = new($"other-{Guid.NewGuid():N}", null);
    private static readonly Holder Studio = TestSilo.Session("studio");

    private IQueueGrain Queue => silo.Queue(pool);

    public Task InitializeAsync() => Limit(1);

    public Task DisposeAsync() => silo.Table.SetLimit(new("default", limited.TokenId), null, default).AsTask();

    [Theory, InlineData(1), InlineData(3)]
    public async Task No_more_run_than_may_and_another_token_s_task_overtakes_the_rest(int most)
    {
        await Limit(most);
        var tasks = await Submit(limited, 5);
        var overtaking = (await Submit(other, 1))[0];

        var given = await Take(slots: 10);

        Assert.Equal([.. tasks.Take(most), overtaking], given.Order());
        foreach (var task in given) await Start(task);
        Assert.Empty(await Take());
        Assert.Equal(most, (await Explain(tasks[4])).ReachedLimit);
        Assert.Null((await Queue.ExplainWait(overtaking, "kind:command", null, other.TokenId)).ReachedLimit);
        await Finish(tasks[0], OutcomeKind.Succeeded);
        Assert.Equal([tasks[most]], await TakeWaiting());
    }

    [Theory]
    [InlineData(OutcomeKind.Failed), InlineData(OutcomeKind.TimedOut), InlineData(OutcomeKind.Lost), InlineData(OutcomeKind.Cancelled)]
    [InlineData(OutcomeKind.Rejected)]
    public async Task However_a_task_ends_the_next_is_given_to_who_waits_at_once(OutcomeKind end)
    {
        var tasks = await Submit(limited, 2);
        await Start((await Take())[0]);
        await TestSilo.Until(
            async () => silo.LimitedTokens.IsLimited("default", limited.TokenId) || await Ticked(), "the silo knows of the limit");
        var waiting = Queue.Poll(TestSilo.Poll(TestSilo.Session("attic"), wait: 5), default);
        await Parked();

        await Finish(tasks[0], end);

        Assert.Equal([tasks[1]], (await waiting).Tasks);
    }

    [Fact]
    public async Task An_end_that_nobody_told_of_is_found_within_a_second()
    {
        var tasks = await Submit(limited, 2);
        await Start((await Take())[0]);
        var waiting = Queue.Poll(TestSilo.Poll(TestSilo.Session("attic"), wait: 5), default);
        await Parked();
        var row = silo.Table.Row(tasks[0])!;

        silo.Table.Put(row with { State = TaskState.Failed, EndedAt = silo.Clock.GetUtcNow(), Version = row.Version + 1 });
        silo.Clock.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal([tasks[1]], (await waiting).Tasks);
    }

    [Fact]
    public async Task A_worker_that_vanishes_holds_its_place_until_its_task_is_lost()
    {
        var tasks = await Submit(limited, 2, spec => spec with { StartWithin = TimeSpan.FromDays(1) });
        await Start((await Take())[0]);
        await TestSilo.Until(
            async () =>
            {
                silo.Clock.Advance(TimeSpan.FromSeconds(5));
                var given = (await Queue.Poll(TestSilo.Poll(TestSilo.Session("attic")), default)).Tasks;
                Assert.True(given.Length == 0 || silo.Table.Row(tasks[0])!.State == TaskState.Lost, "two at once");
                await silo.Task(tasks[0]).Tick();
                return given.Length > 0;
            },
            "the next is given");
    }

    [Fact]
    public async Task Between_two_attempts_a_task_leaves_its_place_to_the_next()
    {
        var tasks = await Submit(limited, 2, spec => spec with { MaxAttempts = 2 });
        await Start((await Take())[0]);
        await Finish(tasks[0], OutcomeKind.Failed);
        Assert.Equal(TaskState.Queued, silo.Table.Row(tasks[0])!.State);

        Assert.Equal([tasks[1]], await TakeWaiting());
        await Start(tasks[1]);
        silo.Clock.Advance(TimeSpan.FromSeconds(10));
        await TestSilo.Until(async () => (await Explain(tasks[0])).Ahead is not null, "it waits again");
        Assert.Empty(await Take());
    }

    [Fact]
    public async Task What_waits_for_a_person_at_its_worker_has_its_place()
    {
        var tasks = await Submit(limited, 2);
        await Take();
        var ask = new ApprovalAsk { Rule = "r", Digest = new string('a', 64), WaitFor = TimeSpan.FromMinutes(5), Remote = true };
        Assert.Equal(Rejection.None, (await silo.Task(tasks[0]).AskApproval(Studio, 1, ask)).Rejection);
        silo.Clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Empty(await Take());
        await silo.Task(tasks[0]).Decide(ApprovalDecision.Reject, ask.Digest, TestSilo.Client);
        Assert.Equal([tasks[1]], await TakeWaiting());
    }

    [Fact]
    public async Task A_changed_limit_counts_at_once_and_nothing_that_runs_is_stopped()
    {
        await Limit(3);
        var tasks = await Submit(limited, 6);
        foreach (var task in await Take(slots: 10)) await Start(task);
        await ChangeLimit(1);
        await Finish(tasks[0], OutcomeKind.Succeeded);
        await Finish(tasks[1], OutcomeKind.Succeeded);
        await Told();
        Assert.Empty(await Take());
        await Finish(tasks[2], OutcomeKind.Succeeded);
        Assert.Equal([tasks[3]], await TakeWaiting(slots: 10));
        await ChangeLimit(2);
        Assert.Equal([tasks[4]], await TakeWaiting(slots: 10));
        await ChangeLimit(null);
        Assert.Equal([tasks[5]], await TakeWaiting(slots: 10));
    }

    [Fact]
    public async Task A_limit_that_the_queue_was_not_told_of_counts_with_its_next_look()
    {
        var tasks = await Submit(other, 1);
        await Take();
        await silo.Table.SetLimit(new("default", other.TokenId), 1, default);
        Assert.Null((await Queue.ExplainWait(tasks[0], "kind:command", null, other.TokenId)).ReachedLimit);
        await Start(tasks[0]);

        await TestSilo.Until(
            async () =>
            {
                await Take();
                silo.Clock.Advance(TimeSpan.FromSeconds(1));
                return (await Queue.ExplainWait(tasks[0], "kind:command", null, other.TokenId)).ReachedLimit == 1;
            },
            "the limit is known");
        await silo.Table.SetLimit(new("default", other.TokenId), null, default);
    }

    [Fact]
    public async Task A_queue_that_begins_anew_counts_what_runs()
    {
        var tasks = await Submit(limited, 2);
        await Start((await Take())[0]);
        await Queue.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await TestSilo.Until(async () => (await Queue.Why(Guid.Empty, "kind:command", null)).WaitingWorkers == 0, "it is there again");

        Assert.Empty(await Take(slots: 10));
        await Finish(tasks[0], OutcomeKind.Succeeded);
        Assert.Equal([tasks[1]], await TakeWaiting());
    }

    [Fact]
    public async Task A_key_and_a_limit_hold_both()
    {
        await Limit(2);
        var tasks = await Submit(limited, 2, spec => spec with { ConcurrencyKey = "k" });
        var free = await Submit(limited, 2);

        Assert.Equal([tasks[0], free[0]], (await Take(slots: 10)).Order());
        await Start(tasks[0]);
        await Start(free[0]);
        await Finish(free[0], OutcomeKind.Succeeded);
        Assert.Equal([free[1]], await TakeWaiting(slots: 10));
        await Finish(tasks[0], OutcomeKind.Succeeded);
        Assert.Equal([tasks[1]], await TakeWaiting(slots: 10));
    }

    [Fact]
    public async Task A_token_s_record_is_what_queues_find_also_when_the_silo_died_between_the_two()
    {
        var token = new TokenRecord
        {
            TokenId = $"t{Guid.NewGuid():N}", SecretHash = [1], Role = "limited-client", Rules = new TokenRules { MaxRunning = 4 },
        };
        var grain = silo.Grains.GetGrain<ITokenGrain>($"token:{token.TokenId}");
        Assert.Equal(TokenReply.Saved, await grain.Save(token));
        Assert.Equal(4, await Found());
        await silo.Table.SetLimit(new("default", token.TokenId), 9, default);
        Assert.Equal(TokenReply.Saved, await grain.Save(token));
        Assert.Equal(4, await Found());

        await silo.Table.SetLimit(new("default", token.TokenId), null, default);
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await TestSilo.Until(async () => await grain.Get() is not null && await Found() == 4, "told again");

        var free = token with { Version = 1, ChangeId = Guid.NewGuid(), Role = "client", Rules = null };
        Assert.Equal(TokenReply.Saved, await grain.Save(free));
        Assert.Null(await Found());

        async Task<int?> Found() => (await silo.Table.ReadLoads("default", default))
            .FirstOrDefault(load => load.TokenId == token.TokenId)?.MaxRunning;
    }

    private async Task Limit(int most) => await silo.Table.SetLimit(new("default", limited.TokenId), most, default);

    private async Task ChangeLimit(int? most)
    {
        await silo.Table.SetLimit(new("default", limited.TokenId), most, default);
        await Queue.RefreshLimits();
    }

    private async Task<Guid[]> Submit(Actor actor, int count, Func<TaskSpec, TaskSpec>? change = null)
    {
        var ids = new Guid[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = Guid.CreateVersion7(silo.Clock.GetUtcNow());
            silo.Clock.Advance(TimeSpan.FromMilliseconds(1));
            var spec = TestSilo.Spec(pool) with { Timeout = TimeSpan.FromSeconds(30) };
            Assert.Equal(Rejection.None, (await silo.Task(ids[i]).Submit(change?.Invoke(spec) ?? spec, actor)).Rejection);
        }
        await TestSilo.Until(
            async () =>
            {
                foreach (var id in ids)
                    if ((await Queue.Why(id, "kind:command", null)).Ahead is null) return false;
                return true;
            },
            "known");
        return ids;
    }

    private async Task<Guid[]> Take(int slots = 1) => (await Queue.Poll(TestSilo.Poll(Studio with { Epoch = 0 }, slots), default)).Tasks;

    /// <summary>What is given within the time that a message takes.</summary>
    private async Task<Guid[]> TakeWaiting(int slots = 1)
    {
        Guid[] given = [];
        await TestSilo.Until(async () => (given = await Take(slots)).Length > 0 || await Ticked(), "something is given");
        return given;
    }

    private async Task<bool> Ticked()
    {
        silo.Clock.Advance(TimeSpan.FromSeconds(0.1));
        await Task.Yield();
        return false;
    }

    private async Task Start(Guid task) => Assert.Equal(Rejection.None, (await silo.Task(task).Start(Studio, 1)).Rejection);

    private Task Finish(Guid task, OutcomeKind kind) => silo.Task(task).Finish(Studio, TestSilo.Outcome(kind), TestSilo.Client);

    private Task<QueueFacts> Explain(Guid task) => Queue.ExplainWait(task, "kind:command", null, limited.TokenId);

    /// <summary>A message to the queue that comes behind those before it.</summary>
    private async Task Told() => await Queue.Why(Guid.Empty, "kind:command", null);

    private Task Parked() => TestSilo.Until(
        async () => (await Queue.Why(Guid.Empty, "kind:command", null)).WaitingWorkers == 1, "a poll is parked");
}
