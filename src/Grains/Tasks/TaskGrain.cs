using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Tasks;

/// <summary>
/// One task. Every call does the same: load, step, commit, reconcile, answer. All decisions are in <see cref="TaskMachine"/>.
/// </summary>
internal sealed partial class TaskGrain(TaskServices services) : Grain, ITaskGrain, IRemindable
{
    private TaskOptions Options => services.Options;

    private DateTimeOffset Now => services.Clock.GetUtcNow();

    public async Task<TaskReply> Submit(TaskSpec spec, Actor actor)
    {
        var step = await SubmitStep(new TaskTrigger.Submit(this.GetPrimaryKey(), spec, actor));
        return new(step.Rejection, Snapshot(), step.Repeated);
    }

    public async Task<TaskSnapshot?> Get()
    {
        await Fresh();
        LeaveSoon();
        return Snapshot();
    }

    public async Task<TaskSnapshot?> GetStored()
    {
        if (!await LoadNow()) await Refresh();
        LeaveSoon();
        return Snapshot();
    }

    public async Task<OfferReply> Offer(Holder holder) =>
        await BelongsElsewhere(holder) ? Elsewhere : await HandedWhole(await Do(new TaskTrigger.Offer(holder)), 1);

    public Task ReturnOffer(Holder holder) => Do(new TaskTrigger.OfferReturned(holder));

    public async Task<OfferReply> Start(Holder holder, int attempt) =>
        Handed(await Noted(await Do(new TaskTrigger.Start(holder, attempt)), holder), 0);

    public async Task<OfferReply> OfferAndStart(Holder holder, Guid ticket) => await BelongsElsewhere(holder)
        ? Elsewhere : await HandedWhole(await Noted(await Do(new TaskTrigger.OfferAndStart(holder, ticket)), holder), 0);

    public async Task<Rejection> Undelivered(Holder holder, Guid ticket) =>
        (await Do(new TaskTrigger.Undelivered(holder, ticket))).Rejection;

    public async Task<Directive> Heartbeat(Holder holder, int attempt) => (await Do(new TaskTrigger.Heartbeat(holder, attempt))).Directive;

    public async Task<FinishReply> Finish(Holder holder, AttemptOutcome outcome, Actor actor)
    {
        var step = await Do(new TaskTrigger.Finish(holder, outcome, actor));
        if (step.Record is not { } task || step.Rejection == Rejection.NotFound)
            return new(step.Rejection, ResultFate.None, TaskState.None);
        return new(step.Rejection, step.Fate, Told(task, Now), await WithPayload(task.Spec.Session is null ? null : task.Spec));
    }

    public async Task<TaskReply> Cancel(Actor actor)
    {
        var step = await Do(new TaskTrigger.Cancel(actor));
        // On a repeat, too: the hint may have been lost with the silo that made the first commit.
        if (step is { Rejection: Rejection.None, Record: { State: TaskState.Running, Epoch: > 0, Worker: { } worker } task })
            await services.Queue(task.Spec).CancelRunning(worker, task.Id);
        return new(step.Rejection, Snapshot(step.Record), step.Repeated);
    }

    public async Task<TaskReply> AskApproval(Holder holder, int attempt, ApprovalAsk ask)
    {
        var step = await Do(new TaskTrigger.AskApproval(holder, attempt, ask));
        if (step.Rejection == Rejection.None && ask.Decision != ApprovalDecision.None)
            step = await Do(new TaskTrigger.Decide(ask.Decision, ask.Digest, TaskMachine.ActorOf(holder), AtThePc: true));
        return new(step.Rejection, step.Rejection == Rejection.NotFound ? null : Snapshot(step.Record), step.Repeated);
    }

    public async Task<TaskReply> Decide(ApprovalDecision decision, string digest, Actor actor)
    {
        var step = await Do(new TaskTrigger.Decide(decision, digest, actor, AtThePc: false));
        return new(step.Rejection, Snapshot(step.Record), step.Repeated);
    }

    public Task HolderRestarted(string worker, long epoch) => Do(new TaskTrigger.HolderRestarted(worker, epoch));

    public Task Tick() => Do(TaskTrigger.Tick.Instance);

    /// <summary>Load, step, commit, reconcile.</summary>
    private async Task<TaskStep> Do(TaskTrigger trigger)
    {
        var cold = !loaded;
        var isStored = await LoadNow();
        var (before, now) = (record, Now);
        var step = TaskMachine.Step(before, trigger, now, Options);
        if (!isStored && MemoryRules.NeedsRead(before, trigger, step, now - lastContact, Options) && await Refresh())
        {
            (cold, before, now) = (true, record, Now);
            step = TaskMachine.Step(before, trigger, now, Options);
        }
        if (MemoryRules.MissedHeartbeats(before, trigger, step, now, services.Pauses.SinceLast, Options))
        {
            await Reread();
            (cold, before, now) = (true, record, Now);
            step = TaskMachine.Step(before, trigger, now, Options);
        }
        if (step.Note is { } note) services.Audit.Note(NoteOf(note, trigger, now));
        if (step.Durable) await Commit(step.Record!);
        else record = step.Record;
        if (record is not null) Reconcile(before, step, trigger, cold, now);
        await SettleReminder(before, now);
        LeaveWhenDone();
        return step;
    }

    /// <summary>Tells the queue what it must believe. What gets lost here the next tick or the queue's own look repairs.</summary>
    private void Reconcile(TaskRecord? before, TaskStep step, TaskTrigger trigger, bool cold, DateTimeOffset now)
    {
        var task = record!;
        QueueDuty duty;
        if (step.Durable) duty = TaskObligations.QueueAfter(before?.State ?? TaskState.None, task, now);
        else if (trigger is TaskTrigger.Offer or TaskTrigger.OfferAndStart or TaskTrigger.Start)
            duty = step.Rejection == Rejection.None && !step.Repeated ? QueueDuty.None : TaskObligations.Queue(task, now);
        else if (cold || trigger is TaskTrigger.Tick)
            duty = task.State.IsEnd() ? QueueDuty.None : TaskObligations.Queue(task, now);
        else duty = QueueDuty.None;
        // It goes to another group of the queue, and keeps its key meanwhile.
        if (trigger is TaskTrigger.Pin && step.Durable) services.Queue(task.Spec).Remove(task.Id, null, false).Ignore();
        Tell(task, duty);
        if (!ReferenceEquals(before, task)) ArmTimer(task, now);
    }

    private void Tell(TaskRecord task, QueueDuty duty)
    {
        if (duty == QueueDuty.None) return;
        var queue = services.Queue(task.Spec);
        var told = duty == QueueDuty.Enqueue
            ? queue.Enqueue(new QueueEntry(task.Id, task.Spec.Requires, task.Spec.Priority, task.CreatedAt, task.Spec.ConcurrencyKey))
            : queue.Remove(task.Id, task.Spec.ConcurrencyKey, duty == QueueDuty.RemoveEnded);
        told.Ignore();
    }

    /// <summary>What a worker needs to run the attempt; <paramref name="ahead"/> is 1 while the attempt is only offered.</summary>
    private static OfferReply Handed(TaskStep step, int ahead) => step.Rejection == Rejection.None && step.Record is { } task
        ? new(Rejection.None, task.Spec, task.Attempt + ahead, task.CreatedAt)
        : new(step.Rejection, null, 0, default);

    private async Task<OfferReply> HandedWhole(TaskStep step, int ahead)
    {
        var reply = Handed(step, ahead);
        return reply with { Spec = await WithPayload(reply.Spec) };
    }

    private static OfferReply Elsewhere { get; } = new(Rejection.NotAvailable, null, 0, default);

    private AuditNote NoteOf(string note, TaskTrigger trigger, DateTimeOffset now)
    {
        var holder = trigger switch
        {
            TaskTrigger.Start t => t.Holder,
            TaskTrigger.AskApproval t => t.Holder,
            TaskTrigger.Finish t => t.Holder,
            _ => null,
        };
        return new(now, trigger.Name, holder?.TokenId ?? Actor.System.TokenId, holder?.Address, this.GetPrimaryKey(), note);
    }
}
