using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tests.Silo;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>
/// Writes that fail before the commit, and writes whose answer is lost after it. The caller repeats, nothing is half done.
/// </summary>
[Collection(SiloCollection.Name)]
public sealed class TaskGrainFaultTests(TestSilo silo)
{
    private readonly string pool = Guid.NewGuid().ToString("N");
    private static readonly Holder Studio = TestSilo.Session("studio");

    [Theory]
    [InlineData(Fault.BeforeCommit)]
    [InlineData(Fault.AfterCommit)]
    public async Task A_submit_that_failed_is_repeated(Fault fault)
    {
        var id = Guid.NewGuid();
        silo.Table.Fail(id, _ => fault);
        await Assert.ThrowsAnyAsync<Exception>(() => silo.Task(id).Submit(TestSilo.Spec(pool), TestSilo.Client));
        Assert.Equal(fault == Fault.BeforeCommit, await silo.Task(id).Get() is null);
        silo.Table.Heal(id);
        var reply = await silo.Task(id).Submit(TestSilo.Spec(pool), TestSilo.Client);
        Assert.Equal((Rejection.None, 1L, fault == Fault.AfterCommit), (reply.Rejection, reply.Task!.Version, reply.Repeated));
        Assert.Equal([id], (await silo.Queue(pool).Poll(TestSilo.Poll(Studio, wait: 5), default)).Tasks);
    }

    [Theory]
    [InlineData(Fault.BeforeCommit)]
    [InlineData(Fault.AfterCommit)]
    public async Task A_start_that_failed_hands_out_nothing_and_is_repeated(Fault fault)
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        var id = task.GetPrimaryKey();
        await task.Offer(Studio);
        silo.Table.Fail(id, _ => fault);
        await Assert.ThrowsAnyAsync<Exception>(() => task.Start(Studio, 1));
        Assert.Equal(fault == Fault.BeforeCommit ? TaskState.Queued : TaskState.Running, (await task.Get())!.State);
        silo.Table.Heal(id);
        Assert.Equal((Rejection.None, 1), ((await task.Start(Studio, 1)).Rejection, (await task.Get())!.Attempt));
        Assert.Equal(2, silo.Table.Row(id)!.Version);
    }

    [Theory]
    [InlineData(Fault.BeforeCommit)]
    [InlineData(Fault.AfterCommit)]
    public async Task A_result_whose_write_failed_is_repeated_and_recorded_once(Fault fault)
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        var id = task.GetPrimaryKey();
        await task.Start(Studio, 1);
        silo.Table.Fail(id, _ => fault);
        await Assert.ThrowsAnyAsync<Exception>(() => task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client));
        silo.Table.Heal(id);
        var reply = await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client);
        Assert.Equal(fault == Fault.BeforeCommit ? ResultFate.Recorded : ResultFate.Duplicate, reply.Fate);
        Assert.Equal((3L, TaskState.Succeeded), (silo.Table.Row(id)!.Version, silo.Table.Row(id)!.State));
    }

    [Fact]
    public async Task Readers_that_waited_through_a_failed_write_hear_the_truth()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        var id = task.GetPrimaryKey();
        var wait = task.Wait(1, TimeSpan.FromSeconds(8), default);
        silo.Table.Fail(id, _ => Fault.AfterCommit);
        await Assert.ThrowsAnyAsync<Exception>(() => task.Cancel(TestSilo.Client));
        Assert.Equal(TaskState.Cancelled, (await wait)!.State);
    }

    [Fact]
    public async Task They_do_when_the_record_came_from_a_read_that_was_over_at_once()
    {
        var like = (await silo.Submit(TestSilo.Spec(pool))).GetPrimaryKey();
        var id = Guid.NewGuid();
        // Read by its activation, and at once: this table answers before it can be waited for, as a real one does on a busy machine.
        silo.Table.Put(silo.Table.Row(like)! with { Id = id });
        Assert.Equal(TaskState.Queued, (await silo.Task(id).Get())!.State);
        var wait = silo.Task(id).Wait(1, TimeSpan.FromSeconds(8), default);
        Assert.Equal(TaskState.Queued, (await silo.Task(id).Get())!.State);
        silo.Table.Fail(id, _ => Fault.AfterCommit);
        await Assert.ThrowsAnyAsync<Exception>(() => silo.Task(id).Cancel(TestSilo.Client));
        Assert.Equal(TaskState.Cancelled, (await wait)?.State);
    }
}
