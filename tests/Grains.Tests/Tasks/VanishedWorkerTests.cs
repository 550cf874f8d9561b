using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tests.Silo;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>A PC vanishes while a task runs on it: what its grain does until the task has its end.</summary>
[Collection(SiloCollection.Name)]
public sealed class VanishedWorkerTests(TestSilo silo)
{
    private readonly string pool = Guid.NewGuid().ToString("N");
    private static readonly Holder Studio = TestSilo.Session("studio");

    [Fact]
    public async Task Its_task_looks_at_the_clock_when_something_changes_and_not_all_the_time()
    {
        var task = await Started(TestSilo.Spec(pool) with { Timeout = TimeSpan.FromSeconds(90), ConcurrencyKey = "k" });
        for (var i = 0; i < 3; i++)
        {
            silo.Clock.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal(Directive.Continue, await task.Heartbeat(Studio, 1));
        }
        var before = silo.QueueMessages(pool);
        Assert.True(before > 0, "No message was counted.");
        for (var i = 0; i < 500 && silo.Table.Row(task.GetPrimaryKey())!.State == TaskState.Running; i++)
        {
            silo.Clock.Advance(TimeSpan.FromSeconds(0.5));
            // Says nothing of this attempt and changes nothing, but comes after whatever the clock has just set off.
            await task.Heartbeat(Studio, 0);
        }
        Assert.Equal(TaskState.Lost, silo.Table.Row(task.GetPrimaryKey())!.State);
        // Nobody waits for what the queue is told.
        await TestSilo.Until(() => Task.FromResult(silo.QueueMessages(pool) > before), "the queue is told of the end");
        Assert.InRange(silo.QueueMessages(pool) - before, 1, 5);
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task A_cancelled_task_ends_as_lost_soon_its_key_is_free_and_the_truth_is_kept_when_it_comes(int maxAttempts)
    {
        var spec = TestSilo.Spec(pool) with { Timeout = TimeSpan.FromHours(1), ConcurrencyKey = "k", MaxAttempts = maxAttempts };
        var task = await Started(spec);
        var next = (await silo.Submit(spec)).GetPrimaryKey();
        silo.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True((await task.Cancel(TestSilo.Client)).Task!.CancelRequested);
        silo.Clock.Advance(TimeSpan.FromSeconds(24.9));
        await task.Heartbeat(Studio, 0);
        Assert.Equal(TaskState.Running, silo.Table.Row(task.GetPrimaryKey())!.State);
        silo.Clock.Advance(TimeSpan.FromSeconds(0.2));
        await TestSilo.Until(() => Task.FromResult(silo.Table.Row(task.GetPrimaryKey())!.State != TaskState.Running), "given up");
        var end = (await task.Get())!;
        Assert.Equal((TaskState.Lost, "cancelled-unreachable"), (end.State, end.Reason));
        Assert.Equal([next], (await silo.Queue(pool).Poll(TestSilo.Poll(TestSilo.Session("attic"), wait: 5), default)).Tasks);

        Assert.Equal(Directive.Cancel, await task.Heartbeat(Studio, 1));
        Assert.Equal(ResultFate.Late, (await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Cancelled), TestSilo.Client)).Fate);
        end = (await task.Get())!;
        Assert.Equal((TaskState.Lost, OutcomeKind.Cancelled, 1), (end.State, end.LateResult!.Kind, end.Attempt));
    }

    private async Task<ITaskGrain> Started(TaskSpec spec)
    {
        var task = await silo.Submit(spec);
        Assert.Equal(Rejection.None, (await task.Start(Studio, 1)).Rejection);
        return task;
    }
}
