using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Tasks;

// A worker holds the offer and waits for a human's yes; the task has a clock for that of its own.
internal static partial class TaskMachine
{
    private const string Denied = "approval-denied";

    private static TaskStep ApplyAskApproval(TaskRecord record, TaskTrigger.AskApproval t, DateTimeOffset now, TaskOptions options)
    {
        if (IsForeign(record, t.Holder)) return new(record, Rejection.NotFound);
        if (record.State.IsEnd()) return new(record, Rejection.AlreadyEnded);
        if (record.Approval is { } wait) return RepeatAsk(record, wait, t, now, options);
        if (!t.Holder.Heartbeats || IsOutOfTurn(record, t.Holder, t.Attempt, now)) return RejectStale(record, t, t.Holder, t.Attempt);
        if (!LabelSet.Covers(t.Holder.Offers, record.Spec.Requires)) return new(record, Rejection.LabelsMissing);
        if (EndOverdueStart(record, t, now, options) is { } overdue) return overdue;
        if (record.NotBefore > now) return new(record, Rejection.NotAvailable);
        var startBy = TaskClocks.GetStartBy(record);
        var until = now + t.Ask.WaitFor;
        return CommitChange(AwaitApproval(record, t, now, until < startBy ? until : startBy, startBy), t, ToActor(t.Holder), now, options);
    }

    /// <summary>The same again is the same wait. What would run has changed: asked anew, but the human's time is not.</summary>
    private static TaskStep RepeatAsk(
        TaskRecord record, ApprovalWait wait, TaskTrigger.AskApproval t, DateTimeOffset now, TaskOptions options)
    {
        if (t.Attempt != wait.Attempt || !IsHolder(wait, t.Holder)) return RejectStale(record, t, t.Holder, t.Attempt);
        if (EndOverdueWait(record, t, now, options) is { } over) return over with { Rejection = Rejection.AlreadyEnded };
        var same = wait.Digest == t.Ask.Digest && wait.Rule == t.Ask.Rule && wait.Remote == t.Ask.Remote
            && wait.SignedOnly == t.Ask.SignedOnly;
        if (!same)
            return CommitChange(AwaitApproval(record, t, wait.Since, wait.Until, wait.StartBy), t, ToActor(t.Holder), now, options);
        // A gateway of before let it through without: the digest is of the same files, so this changes nothing of a yes.
        if (wait.Bound is not null || t.Ask.Bound is not { } bound) return new(record) { Repeated = true };
        var shown = wait with { Bound = bound, Open = t.Ask.Open };
        return CommitChange(record with { Approval = shown }, t, ToActor(t.Holder), now, options);
    }

    private static TaskStep ApplyDecide(TaskRecord record, TaskTrigger.Decide t, DateTimeOffset now, TaskOptions options)
    {
        // Said again because the answer was lost: it is as it was asked for. What it was said of is not kept, and nothing is decided by it.
        var isDenied = record is { State: TaskState.Rejected, Reason: Denied };
        if (isDenied && t.Decision == ApprovalDecision.Reject) return new(record) { Repeated = true };
        if (record.State.IsEnd()) return new(record, Rejection.AlreadyEnded);
        if (record.Approval is not { } wait) return new(record, Rejection.NotAwaitingApproval);
        if (EndOverdueWait(record, t, now, options) is { } over) return over with { Rejection = Rejection.AlreadyEnded };
        if (wait.Digest != t.Digest) return new(record, Rejection.ApprovalDiffers);
        if (t.Decision != ApprovalDecision.Approve)
            return CommitChange(EndTask(record, TaskState.Rejected, Denied, now), t, t.Actor, now, options);
        if (!t.AtThePc && !wait.Remote) return new(record, Rejection.ApprovalIsLocal);
        if (!t.AtThePc && wait.SignedOnly && t.Signed is null) return new(record, Rejection.ApprovalUnsigned);
        // Another signature may be the one that the PC trusts. What was said at the PC needs none.
        var isBetter = wait.ApprovedRemotely && t.Signed is not null && t.Signed != wait.Signed;
        if (wait.Approved && !isBetter) return new(record) { Repeated = true };
        var approved = wait with
        {
            Approved = true,
            ApprovedBy = t.Actor.AuditName,
            ApprovedRemotely = !t.AtThePc,
            Signed = t.Signed,
        };
        return CommitChange(record with { Approval = approved }, t, t.Actor, now, options);
    }

    /// <summary>The start of what was approved: by the worker that asked, once.</summary>
    private static TaskStep StartApproved(TaskRecord record, TaskTrigger.Start t, DateTimeOffset now, TaskOptions options)
    {
        var wait = record.Approval!;
        if (t.Attempt != wait.Attempt || !IsHolder(wait, t.Holder)) return RejectStale(record, t, t.Holder, t.Attempt);
        if (EndOverdueWait(record, t, now, options) is { } over) return over with { Rejection = Rejection.AttemptSuperseded };
        return wait.Approved ? StartAttempt(record, t, t.Holder, now, options) : new(record, Rejection.NotAvailable);
    }

    /// <summary>Nobody decided in time, or the approved attempt was never started; null while there is time.</summary>
    private static TaskStep? EndOverdueWait(TaskRecord record, TaskTrigger t, DateTimeOffset now, TaskOptions options)
    {
        var wait = record.Approval!;
        if (now < TaskClocks.GetWaitEnd(wait)) return null;
        return wait.Approved
            ? EndNeverStarted(record, t, now, options)
            : CommitChange(EndTask(record, TaskState.Rejected, "approval-timeout", now), t, Actor.System, now, options);
    }

    /// <summary>Not before the end of the wait: that is all a silo that does not know of approvals need read.</summary>
    private static TaskRecord AwaitApproval(
        TaskRecord record, TaskTrigger.AskApproval t, DateTimeOffset since, DateTimeOffset until, DateTimeOffset startBy) => record with
        {
            State = TaskState.AwaitingApproval,
            NotBefore = until,
            OfferedTo = null,
            OfferExpires = null,
            Approval = new ApprovalWait
            {
                Attempt = t.Attempt,
                Worker = t.Holder.Worker,
                Epoch = t.Holder.Epoch,
                Rule = t.Ask.Rule,
                Digest = t.Ask.Digest,
                Summary = t.Ask.Summary,
                Remote = t.Ask.Remote,
                SignedOnly = t.Ask.SignedOnly,
                Bound = t.Ask.Bound,
                Open = t.Ask.Open,
                Since = since,
                Until = until,
                StartBy = startBy,
            },
        };

    /// <summary>The daemon that asked, in the same session or a later one.</summary>
    private static bool IsHolder(ApprovalWait wait, Holder holder) => holder.OwnsSession(wait.Worker, wait.Epoch);
}
