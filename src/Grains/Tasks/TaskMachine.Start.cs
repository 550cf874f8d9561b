using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Tasks;

// From the queue to a started attempt, and back.
internal static partial class TaskMachine
{
    private static TaskStep ApplyOffer(TaskRecord record, TaskTrigger.Offer t, DateTimeOffset now, TaskOptions options)
    {
        if (FindRejection(record, t.Holder) is { } rejection) return new(record, rejection);
        if (EndOverdueStart(record, t, now, options) is { } overdue) return overdue;
        if (record.NotBefore > now) return new(record, Rejection.NotAvailable);
        return new(record with { State = TaskState.Offered, OfferedTo = t.Holder, OfferExpires = now + options.OfferLife });
    }

    private static TaskStep ApplyOfferReturned(TaskRecord record, TaskTrigger.OfferReturned t) =>
        IsForeign(record, t.Holder) ? new(record, Rejection.NotFound)
        : record.State == TaskState.Offered && IsSameHolder(record.OfferedTo, t.Holder) ? new(ClearOffer(record))
        : new(record);

    /// <summary>From now on it is for one worker. The only change there ever is to what was asked for.</summary>
    private static TaskStep ApplyPin(TaskRecord record, TaskTrigger.Pin t, DateTimeOffset now, TaskOptions options)
    {
        var label = LabelSet.NameWorker(t.Worker);
        var required = LabelSet.Split(record.Spec.Requires);
        if (record.State is not (TaskState.Queued or TaskState.Offered) || required.Contains(label)) return new(record);
        var spec = record.Spec with { Requires = LabelSet.FromLabels(required.Append(label)) };
        return CommitChange(ClearOffer(record) with { Spec = spec }, t, GrainInterfaces.Security.Actor.System, now, options);
    }

    private static TaskStep ApplyStart(TaskRecord record, TaskTrigger.Start t, DateTimeOffset now, TaskOptions options)
    {
        if (IsForeign(record, t.Holder)) return new(record, Rejection.NotFound);
        if (record.State == TaskState.Running && t.Attempt == record.Attempt && record.Epoch > 0 && IsLatestHolder(record, t.Holder))
            return RepeatStart(record, t, now, options);
        if (record.State == TaskState.AwaitingApproval) return StartApproved(record, t, now, options);
        if (IsOutOfTurn(record, t.Holder, t.Attempt, now)) return RejectStale(record, t, t.Holder, t.Attempt);
        if (!LabelSet.Covers(t.Holder.Offers, record.Spec.Requires)) return new(record, Rejection.LabelsMissing);
        if (EndOverdueStart(record, t, now, options) is { } overdue) return overdue with { Rejection = Rejection.AttemptSuperseded };
        if (record.NotBefore > now) return new(record, Rejection.NotAvailable);
        return StartAttempt(record, t, t.Holder, now, options);
    }

    private static TaskStep ApplyOfferAndStart(TaskRecord record, TaskTrigger.OfferAndStart t, DateTimeOffset now, TaskOptions options)
    {
        if (!IsForeign(record, t.Holder) && IsStartedBy(record, t.Ticket, t.Holder)) return new(record) { Repeated = true };
        if (FindRejection(record, t.Holder) is { } rejection) return new(record, rejection);
        if (EndOverdueStart(record, t, now, options) is { } overdue) return overdue;
        if (record.NotBefore > now) return new(record, Rejection.NotAvailable);
        return StartAttempt(record, t, t.Holder, now, options, t.Ticket);
    }

    private static TaskStep ApplyUndelivered(TaskRecord record, TaskTrigger.Undelivered t, DateTimeOffset now, TaskOptions options)
    {
        if (IsForeign(record, t.Holder)) return new(record, Rejection.NotFound);
        if (!IsStartedBy(record, t.Ticket, t.Holder)) return new(record, Rejection.AttemptSuperseded);
        if (record.CancelRequested)
        {
            var cancelled = EndTask(record with { StartedAt = null, StartTicket = null }, TaskState.Cancelled, "cancelled", now);
            return CommitChange(cancelled, t, ToActor(t.Holder), now, options);
        }
        var back = record with
        {
            State = TaskState.Queued,
            Reason = "undelivered",
            StartedAt = null,
            StartTicket = null,
            NotBefore = record.FailedAttempts == 0 ? null : record.NotBefore,
            LeaseUntil = null,
            HeardSince = null,
        };
        return CommitChange(back, t, ToActor(t.Holder), now, options);
    }

    private static TaskStep StartAttempt(
        TaskRecord record, TaskTrigger t, Holder holder, DateTimeOffset now, TaskOptions options, Guid? ticket = null)
    {
        var heartbeats = holder.Heartbeats;
        var running = record with
        {
            State = TaskState.Running,
            Attempt = record.Attempt + 1,
            Worker = holder.Worker,
            Epoch = holder.Epoch,
            StartedAt = now,
            StartTicket = ticket,
            Approval = null,
            Reason = null,
            Outcome = null,
            OfferedTo = null,
            OfferExpires = null,
            LeaseUntil = heartbeats ? now + options.Lease : null,
            HeardSince = heartbeats ? now : null,
        };
        return CommitChange(running, t, ToActor(holder), now, options);
    }

    /// <summary>
    /// Its worker asks again because it never saw the yes: nothing runs yet, and it counts its lease and the time of the run from this
    /// yes. When the first was long ago the record does so, too: a slow line must not make the run shorter, nor end it before it begins.
    /// </summary>
    private static TaskStep RepeatStart(TaskRecord record, TaskTrigger.Start t, DateTimeOffset now, TaskOptions options)
    {
        var again = RenewLease(record, now, options);
        if (now - record.StartedAt < options.ReportGrace) return new(again) { Repeated = true };
        return CommitChange(again with { StartedAt = now }, t, ToActor(t.Holder), now, options) with { Repeated = true };
    }

    /// <summary>The attempt is not the next one, or is offered to somebody else.</summary>
    private static bool IsOutOfTurn(TaskRecord record, Holder holder, int attempt, DateTimeOffset now) =>
        record.State is not (TaskState.Queued or TaskState.Offered) || attempt != record.Attempt + 1
        || (record.State == TaskState.Offered && record.OfferExpires > now && !IsSameHolder(record.OfferedTo, holder));

    /// <summary>Why nobody, or not this worker, may be offered the task.</summary>
    private static Rejection? FindRejection(TaskRecord record, Holder holder)
    {
        if (IsForeign(record, holder)) return Rejection.NotFound;
        if (record.State.IsEnd()) return Rejection.AlreadyEnded;
        if (record.State is TaskState.Running or TaskState.AwaitingApproval) return Rejection.NotAvailable;
        return LabelSet.Covers(holder.Offers, record.Spec.Requires) ? null : Rejection.LabelsMissing;
    }

    /// <summary>Too late to start: the clock had its say before the tick did.</summary>
    private static TaskStep? EndOverdueStart(TaskRecord record, TaskTrigger t, DateTimeOffset now, TaskOptions options) =>
        now < TaskClocks.GetStartBy(record) ? null : EndNeverStarted(record, t, now, options) with { Rejection = Rejection.AlreadyEnded };

    /// <summary>
    /// Nobody came in time. Before any attempt failed it is expired; between attempts it ends as its last attempt did, because that
    /// is what happened.
    /// </summary>
    private static TaskStep EndNeverStarted(TaskRecord record, TaskTrigger t, DateTimeOffset now, TaskOptions options)
    {
        var end = record.FailedAttempts == 0 ? TaskState.Expired : record.Outcome?.Kind switch
        {
            OutcomeKind.Failed => TaskState.Failed,
            OutcomeKind.TimedOut or OutcomeKind.Cancelled => TaskState.TimedOut,
            _ => record.Reason == "timeout" ? TaskState.TimedOut : TaskState.Lost,
        };
        var reason = record.FailedAttempts == 0 ? "not-started-in-time" : record.Reason;
        return CommitChange(EndTask(record, end, reason, now), t, GrainInterfaces.Security.Actor.System, now, options);
    }

    private static TaskStep RejectStale(TaskRecord record, TaskTrigger t, Holder holder, int attempt) =>
        new(record, Rejection.AttemptSuperseded) { Note = $"stale {t.Name} of attempt {attempt} by {holder.Worker}" };

    /// <summary>True while the attempt runs that the call with this ticket started.</summary>
    private static bool IsStartedBy(TaskRecord record, Guid ticket, Holder holder) =>
        record.State == TaskState.Running && record.StartTicket == ticket && IsLatestHolder(record, holder);

    private static TaskRecord ClearOffer(TaskRecord record) => record.State == TaskState.AwaitingApproval
        ? record
        : record with { State = TaskState.Queued, OfferedTo = null, OfferExpires = null };

    private static bool IsSameHolder(Holder? one, Holder other) => one is not null
        && string.Equals(one.Worker, other.Worker, StringComparison.Ordinal) && one.Epoch <= other.Epoch;
}
