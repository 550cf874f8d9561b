using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Tasks;

/// <summary>
/// The life of a task as one pure table: every trigger in every state. Reads no clock, touches no store, throws only on bugs.
/// docs/task-lifecycle.md is written from it.
/// </summary>
internal static partial class TaskMachine
{
    /// <summary>What the trigger does. A null record: there is no such task.</summary>
    public static TaskStep ApplyTrigger(TaskRecord? record, TaskTrigger trigger, DateTimeOffset now, TaskOptions options)
    {
        if (trigger is TaskTrigger.Submit submit) return ApplySubmit(record, submit, now, options);
        if (record is null) return new(null, Rejection.NotFound);
        return trigger switch
        {
            TaskTrigger.Offer t => ApplyOffer(record, t, now, options),
            TaskTrigger.OfferReturned t => ApplyOfferReturned(record, t),
            TaskTrigger.Pin t => ApplyPin(record, t, now, options),
            TaskTrigger.Start t => ApplyStart(record, t, now, options),
            TaskTrigger.AskApproval t => ApplyAskApproval(record, t, now, options),
            TaskTrigger.Decide t => ApplyDecide(record, t, now, options),
            TaskTrigger.OfferAndStart t => ApplyOfferAndStart(record, t, now, options),
            TaskTrigger.Undelivered t => ApplyUndelivered(record, t, now, options),
            TaskTrigger.Heartbeat t => ApplyHeartbeat(record, t, now, options),
            TaskTrigger.Finish t => ApplyFinish(record, t, now, options),
            TaskTrigger.Cancel t => ApplyCancel(record, t, now, options),
            TaskTrigger.HolderRestarted t => ApplyHolderRestarted(record, t, now, options),
            TaskTrigger.Tick t => ApplyTick(record, t, now, options),
            TaskTrigger.Recovered => ApplyRecovered(record, now, options),
            _ => throw new ArgumentOutOfRangeException(nameof(trigger), trigger.Name, "not a trigger"),
        };
    }

    private static TaskStep ApplySubmit(TaskRecord? record, TaskTrigger.Submit t, DateTimeOffset now, TaskOptions options)
    {
        if (record is not null)
        {
            return record.Spec.RequestDigest.AsSpan().SequenceEqual(t.Spec.RequestDigest)
                ? new(record) { Repeated = true }
                : new(record, Rejection.KeyReused);
        }
        var spec = t.Spec with { TokenId = t.Actor.TokenId };
        var created = new TaskRecord { Id = t.Id, Spec = spec, State = TaskState.Queued, CreatedAt = now };
        return CommitChange(created, t, t.Actor, now, options);
    }

    private static TaskStep ApplyCancel(TaskRecord record, TaskTrigger.Cancel t, DateTimeOffset now, TaskOptions options)
    {
        if (record.State.IsEnd()) return new(record, Rejection.AlreadyEnded);
        if (record.State != TaskState.Running)
            return CommitChange(EndTask(record, TaskState.Cancelled, "cancelled", now), t, t.Actor, now, options);
        if (record.CancelRequested) return new(record) { Repeated = true };
        return CommitChange(record with { CancelRequested = true }, t, t.Actor, now, options);
    }

    /// <summary>The next version, with its audit row and the time at which somebody must look again.</summary>
    private static TaskStep CommitChange(TaskRecord next, TaskTrigger trigger, Actor actor, DateTimeOffset now, TaskOptions options) =>
        new(next with
        {
            Version = next.Version + 1,
            Last = new Transition(trigger.Name, now, actor, next.Attempt),
            WakeAt = TaskObligations.GetWakeAt(next, now, options),
            // An end that brings nothing says nothing: what was streamed before is in the log.
            Output = trigger is TaskTrigger.Finish { Output: { Chunks.Length: > 0 } printed } ? printed : null,
        }, Durable: true);

    /// <summary>An end. A clock that stepped back never lets it end before it began.</summary>
    private static TaskRecord EndTask(TaskRecord record, TaskState end, string? reason, DateTimeOffset now)
    {
        var began = record.StartedAt ?? record.CreatedAt;
        return record with
        {
            State = end,
            Reason = reason,
            EndedAt = now > began ? now : began,
            CancelRequested = false,
            Approval = null,
            OfferedTo = null,
            OfferExpires = null,
            LeaseUntil = null,
            HeardSince = null,
        };
    }

    /// <summary>The worker as the one who did it.</summary>
    public static Actor ToActor(Holder holder) => new(holder.TokenId ?? Actor.System.TokenId, holder.Address);

    private static bool IsForeign(TaskRecord record, Holder holder) =>
        !string.Equals(record.Spec.Tenant, holder.Tenant, StringComparison.Ordinal);

    /// <summary>
    /// True when this worker holds, or held last, the latest attempt. A newer session of the same daemon may go on with it; workers
    /// of the compatible protocol can't be told apart when they report.
    /// </summary>
    private static bool IsLatestHolder(TaskRecord record, Holder holder) =>
        record.Attempt > 0 && (record.Epoch == 0 ? holder.Epoch == 0 : holder.OwnsSession(record.Worker, record.Epoch));
}

/// <summary>Everything that can happen to a task. Closed: the machine answers each of these in each state.</summary>
internal abstract record TaskTrigger
{
    private TaskTrigger(string name) => Name = name;

    /// <summary>The word in the audit row.</summary>
    public string Name { get; }

    /// <summary>A client asks for the task.</summary>
    public sealed record Submit(Guid Id, TaskSpec Spec, Actor Actor) : TaskTrigger("submit");

    /// <summary>The queue picked a worker for it.</summary>
    public sealed record Offer(Holder Holder) : TaskTrigger("offer");

    /// <summary>The offer never reached its worker.</summary>
    public sealed record OfferReturned(Holder Holder) : TaskTrigger("offer-returned");

    /// <summary>It turned out on which PC its agent session lives.</summary>
    public sealed record Pin(string Worker) : TaskTrigger(Transition.Pin);

    /// <summary>A worker that journalled the offer asks for permission to run.</summary>
    public sealed record Start(Holder Holder, int Attempt) : TaskTrigger("start");

    /// <summary>A worker that holds the offer wants a human's yes first.</summary>
    public sealed record AskApproval(Holder Holder, int Attempt, ApprovalAsk Ask) : TaskTrigger("ask-approval");

    /// <summary>A human's yes or no about what has this digest. <paramref name="AtThePc"/>: told by the worker.</summary>
    public sealed record Decide(ApprovalDecision Decision, string Digest, Actor Actor, bool AtThePc)
        : TaskTrigger(Decision == ApprovalDecision.Approve ? "approve" : "reject")
    {
        /// <summary>The decision as it was signed, JSON; null: it was not.</summary>
        public string? Signed { get; init; }
    }

    /// <summary>The compatible poll: seeing the task is starting it. A repeat carries the same ticket.</summary>
    public sealed record OfferAndStart(Holder Holder, Guid Ticket) : TaskTrigger("offer-and-start");

    /// <summary>The answer that carried the start with this ticket never left the gateway.</summary>
    public sealed record Undelivered(Holder Holder, Guid Ticket) : TaskTrigger("undelivered");

    /// <summary>The worker says that it still runs the attempt.</summary>
    public sealed record Heartbeat(Holder Holder, int Attempt) : TaskTrigger("heartbeat");

    /// <summary>The worker says how the attempt ended.</summary>
    public sealed record Finish(Holder Holder, AttemptOutcome Outcome, Actor Actor) : TaskTrigger(Transition.Finish)
    {
        /// <summary>All that the attempt printed, to be recorded with its end; null: whatever it printed is recorded.</summary>
        public EndOutput? Output { get; init; }
    }

    /// <summary>A client asks for its end.</summary>
    public sealed record Cancel(Actor Actor) : TaskTrigger("cancel");

    /// <summary>The worker opened session <paramref name="Epoch"/> and does not hold the attempt any more.</summary>
    public sealed record HolderRestarted(string Worker, long Epoch) : TaskTrigger("holder-restarted");

    /// <summary>Wake and look at the clocks. The one way in of timers, reminders and sweeps.</summary>
    public sealed record Tick() : TaskTrigger("tick")
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>The record was read from the store: what is volatile is assumed afresh.</summary>
    public sealed record Recovered() : TaskTrigger("recovered")
    {
        public static Recovered Instance { get; } = new();
    }
}

/// <summary>What one trigger does to one record.</summary>
/// <param name="Record">The task after it; the very same object when nothing changed.</param>
/// <param name="Rejection">
/// Why the caller is refused. A refused call may still move the task: a start that comes too late expires it.
/// </param>
/// <param name="Durable">The record must be committed before anybody is answered.</param>
internal readonly record struct TaskStep(TaskRecord? Record, Rejection Rejection = Rejection.None, bool Durable = false)
{
    /// <summary>Answer to a heartbeat.</summary>
    public Directive Directive { get; init; }

    /// <summary>What became of a reported result.</summary>
    public ResultFate Fate { get; init; }

    /// <summary>Output and end can't be recorded by one commit; nothing was done.</summary>
    public bool IsApart { get; init; }

    /// <summary>The same call was answered before.</summary>
    public bool Repeated { get; init; }

    /// <summary>An event that changes nothing but must be seen in the audit trail; null: none.</summary>
    public string? Note { get; init; }
}
