using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Ports;

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
        var step = await ApplySubmit(new TaskTrigger.Submit(this.GetPrimaryKey(), spec, actor));
        return new(step.Rejection, CreateSnapshot(), step.Repeated);
    }

    public async Task<TaskSnapshot?> Get()
    {
        await EnsureFresh();
        DeactivateSoon();
        return CreateSnapshot();
    }

    public async Task<TaskSnapshot?> GetStored()
    {
        if (!await LoadIfMissing()) await RefreshRecord();
        DeactivateSoon();
        return CreateSnapshot();
    }

    public async Task<OfferReply> Offer(Holder holder) =>
        await IsForOtherWorker(holder) ? Elsewhere : await ToFullOfferReply(await ApplyTrigger(new TaskTrigger.Offer(holder)), 1);

    public Task ReturnOffer(Holder holder) => ApplyTrigger(new TaskTrigger.OfferReturned(holder));

    public async Task<OfferReply> Start(Holder holder, int attempt) =>
        ToOfferReply(await RecordHolder(await ApplyTrigger(new TaskTrigger.Start(holder, attempt)), holder), 0);

    public async Task<OfferReply> OfferAndStart(Holder holder, Guid ticket) => await IsForOtherWorker(holder)
        ? Elsewhere
        : await ToFullOfferReply(await RecordHolder(await ApplyTrigger(new TaskTrigger.OfferAndStart(holder, ticket)), holder), 0);

    public async Task<Rejection> Undelivered(Holder holder, Guid ticket) =>
        (await ApplyTrigger(new TaskTrigger.Undelivered(holder, ticket))).Rejection;

    public async Task<Directive> Heartbeat(Holder holder, int attempt) =>
        (await ApplyTrigger(new TaskTrigger.Heartbeat(holder, attempt))).Directive;

    public async Task<FinishReply> Finish(Holder holder, AttemptOutcome outcome, Actor actor) =>
        await ToFinishReply(await ApplyTrigger(new TaskTrigger.Finish(holder, outcome, actor)));

    public async Task<FinishReply> FinishWithOutput(Holder holder, AttemptOutcome outcome, EndOutput output, Actor actor)
    {
        try
        {
            return await ToFinishReply(await ApplyTrigger(new TaskTrigger.Finish(holder, outcome, actor) { Output = output }));
        }
        catch (OutputApartException)
        {
            return new(Rejection.None, ResultFate.None, TaskState.None, IsApart: true);
        }
    }

    public async Task<TaskReply> Cancel(Actor actor)
    {
        var step = await ApplyTrigger(new TaskTrigger.Cancel(actor));
        // On a repeat, too: the hint may have been lost with the silo that made the first commit.
        if (step is { Rejection: Rejection.None, Record: { State: TaskState.Running, Epoch: > 0, Worker: { } worker } task })
            await services.GetQueue(task.Spec).CancelRunning(worker, task.Id);
        return new(step.Rejection, CreateSnapshot(step.Record), step.Repeated);
    }

    public async Task<TaskReply> AskApproval(Holder holder, int attempt, ApprovalAsk ask)
    {
        var step = await ApplyTrigger(new TaskTrigger.AskApproval(holder, attempt, ask));
        if (step.Rejection == Rejection.None && ask.Decision != ApprovalDecision.None)
            step = await ApplyTrigger(new TaskTrigger.Decide(ask.Decision, ask.Digest, TaskMachine.ToActor(holder), AtThePc: true));
        return new(step.Rejection, step.Rejection == Rejection.NotFound ? null : CreateSnapshot(step.Record), step.Repeated);
    }

    public async Task<TaskReply> Decide(ApprovalDecision decision, string digest, Actor actor)
    {
        var reply = await DecideSigned(decision, digest, signed: null, actor);
        // A gateway of before knows no signed answers.
        return reply.Rejection == Rejection.ApprovalUnsigned ? reply with { Rejection = Rejection.ApprovalIsLocal } : reply;
    }

    public async Task<TaskReply> DecideSigned(ApprovalDecision decision, string digest, string? signed, Actor actor)
    {
        var step = await ApplyTrigger(new TaskTrigger.Decide(decision, digest, actor, AtThePc: false) { Signed = signed });
        return new(step.Rejection, CreateSnapshot(step.Record), step.Repeated);
    }

    public Task HolderRestarted(string worker, long epoch) => ApplyTrigger(new TaskTrigger.HolderRestarted(worker, epoch));

    public Task Tick() => ApplyTrigger(TaskTrigger.Tick.Instance);

    /// <summary>Load, step, commit, reconcile.</summary>
    private async Task<TaskStep> ApplyTrigger(TaskTrigger trigger)
    {
        var cold = !loaded;
        var isStored = await LoadIfMissing();
        var (before, now) = (record, Now);
        var step = TaskMachine.ApplyTrigger(before, trigger, now, Options);
        if (!isStored && MemoryRules.NeedsRead(before, trigger, step, now - lastContact, Options) && await RefreshRecord())
        {
            (cold, before, now) = (true, record, Now);
            step = TaskMachine.ApplyTrigger(before, trigger, now, Options);
        }
        if (MemoryRules.HasMissedHeartbeats(before, trigger, step, now, services.Pauses.SinceLast, Options))
        {
            await ReloadRecord();
            (cold, before, now) = (true, record, Now);
            step = TaskMachine.ApplyTrigger(before, trigger, now, Options);
        }
        if (step.Note is { } note) services.Audit.AddNote(CreateNote(note, trigger, now));
        if (step.Durable) await CommitRecord(step.Record!);
        else record = step.Record;
        if (record is not null) ReconcileQueue(before, step, trigger, cold, now);
        await SettleReminder(before, now);
        DeactivateWhenDone();
        return step;
    }

    /// <summary>Tells the queue what it must believe. What gets lost here the next tick or the queue's own look repairs.</summary>
    private void ReconcileQueue(TaskRecord? before, TaskStep step, TaskTrigger trigger, bool cold, DateTimeOffset now)
    {
        var task = record!;
        QueueDuty duty;
        if (step.Durable) duty = TaskObligations.DecideQueueDutyAfter(before?.State ?? TaskState.None, task, now, IsCounted(task.Spec));
        else if (trigger is TaskTrigger.Offer or TaskTrigger.OfferAndStart or TaskTrigger.Start)
            duty = step.Rejection == Rejection.None && !step.Repeated ? QueueDuty.None : TaskObligations.DecideQueueDuty(task, now);
        else if (cold || trigger is TaskTrigger.Tick)
            duty = task.State.IsEnd() ? QueueDuty.None : TaskObligations.DecideQueueDuty(task, now);
        else duty = QueueDuty.None;
        // It goes to another group of the queue, and keeps its key meanwhile.
        if (trigger is TaskTrigger.Pin && step.Durable) services.GetQueue(task.Spec).Remove(task.Id, null, false).Ignore();
        NotifyQueue(task, duty);
        if (!ReferenceEquals(before, task)) ArmTimer(task, now);
    }

    private void NotifyQueue(TaskRecord task, QueueDuty duty)
    {
        if (duty == QueueDuty.None) return;
        var spec = task.Spec;
        var queue = services.GetQueue(spec);
        // Ended as far as there is no key: nobody has it, and its key is another message's.
        if (duty == QueueDuty.RemovePaused) queue.Remove(task.Id, null, ended: true).Ignore();
        if (duty == QueueDuty.RemovePaused && spec.ConcurrencyKey is null) return;
        var sent = duty == QueueDuty.Enqueue
            ? queue.Enqueue(new QueueEntry(task.Id, spec.Requires, spec.Priority, task.CreatedAt, spec.ConcurrencyKey, spec.TokenId))
            : queue.Remove(task.Id, spec.ConcurrencyKey, duty == QueueDuty.RemoveEnded);
        sent.Ignore();
    }

    private bool IsCounted(TaskSpec spec) => services.LimitedTokens.IsLimited(spec.Tenant, spec.TokenId);

    /// <summary>What a worker needs to run the attempt; <paramref name="ahead"/> is 1 while the attempt is only offered.</summary>
    private static OfferReply ToOfferReply(TaskStep step, int ahead) => step.Rejection == Rejection.None && step.Record is { } task
        ? new(Rejection.None, task.Spec, task.Attempt + ahead, task.CreatedAt)
        : new(step.Rejection, null, 0, default);

    private async Task<OfferReply> ToFullOfferReply(TaskStep step, int ahead)
    {
        var reply = ToOfferReply(step, ahead);
        return reply with { Spec = await AddPayload(reply.Spec) };
    }

    private async Task<FinishReply> ToFinishReply(TaskStep step)
    {
        if (step.IsApart) return new(Rejection.None, ResultFate.None, TaskState.None, IsApart: true);
        if (step.Record is not { } task || step.Rejection == Rejection.NotFound)
            return new(step.Rejection, ResultFate.None, TaskState.None);
        var turn = await AddPayload(task.Spec.Session is null ? null : task.Spec);
        return new(step.Rejection, step.Fate, GetVisibleState(task, Now), turn, Attempt: task.Attempt);
    }

    private static OfferReply Elsewhere { get; } = new(Rejection.NotAvailable, null, 0, default);

    private AuditNote CreateNote(string note, TaskTrigger trigger, DateTimeOffset now)
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
