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
        var created = new TaskRecord { Id = t.Id, Spec = t.Spec, State = TaskState.Queued, CreatedAt = now };
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
