using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.WakeUps;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tests.Silo;

namespace OpenClaw.Grains.Tests.Tasks;

[Collection(SiloCollection.Name)]
public sealed class TaskGrainTimeTests(TestSilo silo)
{
    private readonly string pool = Guid.NewGuid().ToString("N");
    private static readonly Holder Studio = TestSilo.Session("studio");

    [Fact]
    public async Task A_wait_ends_with_the_end_a_newer_version_or_its_time()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        var end = task.Wait(null, TimeSpan.FromSeconds(9), default);
        var change = task.Wait(1, TimeSpan.FromSeconds(9), default);
        var slice = task.Wait(null, TimeSpan.FromSeconds(2), default);
        Assert.Equal(1, (await task.Wait(0, TimeSpan.FromSeconds(9), default))!.Version);
        Assert.Equal(1, (await task.Wait(null, TimeSpan.Zero, default))!.Version);
        await task.Start(Studio, 1);
        Assert.Equal(2, (await change)!.Version);
        Assert.False(end.IsCompleted);
        silo.Clock.Advance(TimeSpan.FromSeconds(2.1));
        Assert.Equal(TaskState.Running, (await slice)!.State);
        await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client);
        Assert.Equal(TaskState.Succeeded, (await end)!.State);
    }

    [Fact]
    public async Task A_cancelled_wait_is_let_go()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        using var gone = new CancellationTokenSource();
        var wait = task.Wait(null, TimeSpan.FromSeconds(9), gone.Token);
        await task.Get();
        await gone.CancelAsync();
        Assert.Equal(TaskState.Queued, (await wait)!.State);
    }

    [Fact]
    public async Task A_short_startWithin_expires_by_the_grains_own_timer()
    {
        var task = await silo.Submit(TestSilo.Spec(pool) with { StartWithin = TimeSpan.FromSeconds(3) });
        var wait = task.Wait(null, TimeSpan.FromSeconds(9), default);
        await task.Get();
        silo.Clock.Advance(TimeSpan.FromSeconds(3.1));
        Assert.Equal(TaskState.Expired, (await wait)!.State);
    }

    [Fact]
    public async Task A_forgotten_task_is_woken_by_the_sweep_of_its_shard()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        var id = task.GetPrimaryKey();
        await silo.Grains.GetGrain<IWakeUpShardGrain>(WakeUpShards.GetShard(id)).EnsureRunning();
        silo.Clock.Advance(TimeSpan.FromMinutes(15.2));
        await Passes(() => silo.Table.Row(id)!.State == TaskState.Expired, "expired by the sweep");
    }

    [Fact]
    public async Task A_task_whose_row_is_locked_holds_up_no_other_task_of_its_shard()
    {
        var (hung, other) = (Guid.NewGuid(), Guid.NewGuid());
        while (WakeUpShards.GetShard(other) != WakeUpShards.GetShard(hung)) other = Guid.NewGuid();
        var spec = TestSilo.Spec(pool) with { StartWithin = TimeSpan.FromMinutes(2) };
        await silo.Task(hung).Submit(spec, TestSilo.Client);
        silo.Clock.Advance(TimeSpan.FromSeconds(10));
        await silo.Task(other).Submit(spec, TestSilo.Client);
        await silo.Grains.GetGrain<IWakeUpShardGrain>(WakeUpShards.GetShard(hung)).EnsureRunning();
        var row = ((IAddressable)silo.Task(hung)).GetGrainId();
        silo.Rows.Lock(row);

        silo.Clock.Advance(TimeSpan.FromSeconds(115));
        await Passes(() => silo.Rows.Waiting(row) > 0, "the write of the locked row waits");
        await Passes(() => silo.Table.Row(other)!.State == TaskState.Expired, "the other one expired");

        Assert.Equal(TaskState.Queued, silo.Table.Row(hung)!.State);
        silo.Rows.LetGo(row);
        await TestSilo.Until(() => Task.FromResult(silo.Table.Row(hung)!.State == TaskState.Expired), "the row that was locked");
    }

    [Fact]
    public async Task A_worker_that_vanished_is_unreachable_then_lost()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        await task.Start(Studio, 1);
        silo.Clock.Advance(TimeSpan.FromSeconds(46));
        Assert.Equal((TaskState.Running, true), ((await task.Get())!.State, (await task.Get())!.WorkerUnreachable));
        silo.Clock.Advance(TimeSpan.FromSeconds(58));
        await task.Tick();
        Assert.Equal(TaskState.Running, (await task.Get())!.State);
        silo.Clock.Advance(TimeSpan.FromSeconds(2));
        await task.Tick();
        Assert.Equal(TaskState.Lost, (await task.Get())!.State);
        Assert.Equal(ResultFate.Late, (await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client)).Fate);
        Assert.Equal((TaskState.Lost, OutcomeKind.Succeeded), ((await task.Get())!.State, (await task.Get())!.LateResult!.Kind));
    }

    [Fact]
    public async Task A_task_that_runs_long_has_a_reminder_until_it_ends()
    {
        var task = await silo.Submit(TestSilo.Spec(pool) with { Timeout = TimeSpan.FromHours(1) });
        await task.Start(Studio, 1);
        for (var i = 0; i < 3; i++)
        {
            silo.Clock.Advance(TimeSpan.FromSeconds(21));
            Assert.Equal(Directive.Continue, await task.Heartbeat(Studio, 1));
        }
        var grainId = ((IAddressable)task).AsReference<ITaskGrain>().GetGrainId();
        Assert.Single((await silo.Reminders.ReadRows(grainId)).Reminders);
        await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client);
        Assert.Empty((await silo.Reminders.ReadRows(grainId)).Reminders);
    }

    /// <summary>The clock goes on until then: a sweep that is under way when it is set begins its next five seconds afterwards.</summary>
    private Task Passes(Func<bool> until, string what) => TestSilo.Until(
        () =>
        {
            if (!until()) silo.Clock.Advance(TimeSpan.FromSeconds(0.1));
            return Task.FromResult(until());
        },
        what);
}
