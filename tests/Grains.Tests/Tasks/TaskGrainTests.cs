using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tests.Silo;

namespace OpenClaw.Grains.Tests.Tasks;

[Collection(SiloCollection.Name)]
public sealed class TaskGrainTests(TestSilo silo)
{
    private readonly string pool = Guid.NewGuid().ToString("N");
    private static readonly Holder Studio = TestSilo.Session("studio");

    [Fact]
    public async Task A_task_is_submitted_offered_started_and_finished_in_three_commits()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        var id = task.GetPrimaryKey();
        Assert.Equal([id], (await silo.Queue(pool).Poll(TestSilo.Poll(Studio, wait: 5), default)).Tasks);
        var offer = await task.Offer(Studio);
        Assert.Equal((Rejection.None, 1, true), (offer.Rejection, offer.Attempt, offer.Spec!.Payload.SequenceEqual(new byte[] { 1 })));
        Assert.Equal(TaskState.Offered, (await task.Get())!.State);
        Assert.Equal(TaskState.Queued, silo.Table.Row(id)!.State);
        Assert.Equal(Rejection.None, (await task.Start(Studio, 1)).Rejection);
        Assert.Equal(Directive.Continue, await task.Heartbeat(Studio, 1));
        var end = await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client);
        Assert.Equal((ResultFate.Recorded, TaskState.Succeeded), (end.Fate, end.State));
        var row = silo.Table.Row(id)!;
        Assert.Equal((3L, TaskState.Succeeded, "studio"), (row.Version, row.State, row.Worker));
        var read = (await task.Get())!;
        Assert.Equal((3L, TaskState.Succeeded, 0), (read.Version, read.State, read.Spec.Payload.Length));
    }

    [Fact]
    public async Task Repeats_get_the_same_answer_and_change_nothing()
    {
        var spec = TestSilo.Spec(pool);
        var task = await silo.Submit(spec);
        Assert.True((await task.Submit(spec, TestSilo.Client)).Repeated);
        Assert.Equal(Rejection.KeyReused, (await task.Submit(spec with { RequestDigest = [2] }, TestSilo.Client)).Rejection);
        await task.Start(Studio, 1);
        Assert.Equal((Rejection.None, 1), ((await task.Start(Studio, 1)).Rejection, (await task.Get())!.Attempt));
        await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client);
        Assert.Equal(ResultFate.Duplicate, (await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client)).Fate);
        var conflict = await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Failed), TestSilo.Client);
        Assert.Equal(Rejection.ResultConflict, conflict.Rejection);
        Assert.Contains(silo.Table.Notes, note => note.Task == task.GetPrimaryKey() && note.What == "finish");
        var again = await task.Submit(spec, TestSilo.Client);
        Assert.Equal((true, TaskState.Succeeded), (again.Repeated, again.Task!.State));
        Assert.Equal(3, silo.Table.Row(task.GetPrimaryKey())!.Version);
    }

    [Fact]
    public async Task A_submit_that_finds_the_row_of_another_activation_answers_as_a_repeat()
    {
        var first = await silo.Submit(TestSilo.Spec(pool));
        var row = silo.Table.Row(first.GetPrimaryKey())!;
        var id = Guid.NewGuid();
        silo.Table.Put(row with { Id = id });
        Assert.True((await silo.Task(id).Submit(TestSilo.Spec(pool), TestSilo.Client)).Repeated);
        Assert.Equal(1, silo.Table.Row(id)!.Version);
    }

    [Fact]
    public async Task A_cancel_before_the_start_is_final()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        await task.Offer(Studio);
        Assert.Equal(TaskState.Cancelled, (await task.Cancel(TestSilo.Client)).Task!.State);
        Assert.Equal(Rejection.AttemptSuperseded, (await task.Start(Studio, 1)).Rejection);
        Assert.Empty((await silo.Queue(pool).Poll(TestSilo.Poll(Studio), default)).Tasks);
        Assert.Equal(Rejection.AlreadyEnded, (await task.Cancel(TestSilo.Client)).Rejection);
    }

    [Fact]
    public async Task A_cancel_of_a_running_task_reaches_its_worker_and_the_first_end_wins()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        await silo.Queue(pool).Poll(TestSilo.Poll(Studio, wait: 5), default);
        await task.Start(Studio, 1);
        var parked = silo.Queue(pool).Poll(TestSilo.Poll(Studio, slots: 0, wait: 5), default);
        Assert.True((await task.Cancel(TestSilo.Client)).Task!.CancelRequested);
        Assert.Equal([task.GetPrimaryKey()], (await parked).Cancels!);
        Assert.Equal(Directive.Cancel, await task.Heartbeat(Studio, 1));
        Assert.Equal(TaskState.Succeeded, (await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client)).State);
    }

    [Fact]
    public async Task A_failed_attempt_is_followed_by_another_after_its_pause()
    {
        var task = await silo.Submit(TestSilo.Spec(pool) with { MaxAttempts = 2 });
        var id = task.GetPrimaryKey();
        Assert.Equal([id], (await silo.Queue(pool).Poll(TestSilo.Poll(Studio, wait: 5), default)).Tasks);
        await task.Start(Studio, 1);
        Assert.Equal(TaskState.Queued, (await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Failed), TestSilo.Client)).State);
        Assert.Empty((await silo.Queue(pool).Poll(TestSilo.Poll(Studio), default)).Tasks);
        Assert.Equal(Rejection.NotAvailable, (await task.Offer(Studio)).Rejection);
        silo.Clock.Advance(TimeSpan.FromSeconds(1.1));
        await TestSilo.Until(
            async () => (await silo.Queue(pool).Poll(TestSilo.Poll(Studio, held: id), default)).Tasks.Contains(id), "offered again");
        Assert.Equal(2, (await task.Start(Studio, 2)).Attempt);
        var stale = await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client);
        Assert.Equal(Rejection.AttemptSuperseded, stale.Rejection);
        Assert.Equal(TaskState.Failed, (await task.Finish(Studio, TestSilo.Outcome(OutcomeKind.Failed, 2), TestSilo.Client)).State);
        Assert.Equal(2, (await task.Get())!.FailedAttempts);
    }

    [Fact]
    public async Task An_undelivered_start_goes_back_and_spends_nothing()
    {
        var compat = TestSilo.Compatible();
        var task = await silo.Submit(TestSilo.Spec(pool));
        var id = task.GetPrimaryKey();
        Assert.Equal([id], (await silo.Queue(pool).Poll(TestSilo.Poll(compat, wait: 5), default)).Tasks);
        var ticket = Guid.NewGuid();
        Assert.Equal(1, (await task.OfferAndStart(compat, ticket)).Attempt);
        Assert.Equal(Rejection.None, await task.Undelivered(compat, ticket));
        Assert.Equal([id], (await silo.Queue(pool).Poll(TestSilo.Poll(compat, wait: 5), default)).Tasks);
        Assert.Equal(2, (await task.OfferAndStart(compat, Guid.NewGuid())).Attempt);
        Assert.Equal(TaskState.Succeeded, (await task.Finish(compat, TestSilo.Outcome(OutcomeKind.Succeeded, 0), TestSilo.Client)).State);
        Assert.Equal(0, (await task.Get())!.FailedAttempts);
    }

    [Fact]
    public async Task Nobody_sees_what_does_not_exist()
    {
        var task = silo.Task(Guid.NewGuid());
        Assert.Null(await task.Get());
        Assert.Null(await task.Wait(null, TimeSpan.FromSeconds(5), default));
        Assert.Equal(Rejection.NotFound, (await task.Cancel(TestSilo.Client)).Rejection);
        // Nothing is known of it, so nothing is said: a program that runs is not ended because its task is not in a backup.
        Assert.Equal(Directive.None, await task.Heartbeat(Studio, 1));
        var foreign = await silo.Submit(TestSilo.Spec(pool));
        Assert.Equal(Rejection.NotFound, (await foreign.Start(Studio with { Tenant = "other" }, 1)).Rejection);
    }

    [Fact]
    public async Task A_read_that_may_be_stale_looks_at_the_store_again()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        var row = silo.Table.Row(task.GetPrimaryKey())!;
        silo.Table.Put(row with { Version = 2, State = TaskState.Cancelled, EndedAt = row.CreatedAt, WakeAt = null });
        Assert.Equal(TaskState.Queued, (await task.Get())!.State);
        silo.Clock.Advance(TimeSpan.FromSeconds(10.1));
        Assert.Equal(TaskState.Cancelled, (await task.Get())!.State);
    }
}
