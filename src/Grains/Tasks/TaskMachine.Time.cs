using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tasks;

// The clocks: leases and deadlines.
internal static partial class TaskMachine
{
    private const string CancelledUnreachable = "cancelled-unreachable";

    private static TaskStep ApplyHeartbeat(TaskRecord record, TaskTrigger.Heartbeat t, DateTimeOffset now, TaskOptions options)
    {
        if (IsForeign(record, t.Holder)) return new(record, Rejection.NotFound);
        if (record.State != TaskState.Running || record.Attempt != t.Attempt || record.Epoch == 0 || !IsLatestHolder(record, t.Holder))
            return new(record) { Directive = DecideDirective(record, t) };
        // Nobody is overruled who says that it is over: large output takes its time on a slow line. But not for ever.
        var reports = t.Holder.Reporting && now < TaskClocks.GetKillBy(record) + options.LongestReport;
        var renewed = RenewLease(record, now, options);
        if (reports) renewed = renewed with { HeardSince = null };
        var stop = record.CancelRequested || now >= TaskClocks.GetTimeoutAt(record, options);
        return new(renewed) { Directive = stop ? Directive.Cancel : Directive.Continue };
    }

    /// <summary>
    /// The holder was heard of. By a repeated start as well: its worker counts the lease from that yes.
    /// </summary>
    private static TaskRecord RenewLease(TaskRecord record, DateTimeOffset now, TaskOptions options) => record with
    {
        HeardSince = record.HeardSince is { } since && now < TaskClocks.GetLeaseEnd(record, options) ? since : now,
        LeaseUntil = now + options.Lease,
    };

    /// <summary>
    /// What becomes of a program whose attempt does not run by the record. Only where another attempt may have its place nobody wants to
    /// know how it ends.
    /// </summary>
    private static Directive DecideDirective(TaskRecord record, TaskTrigger.Heartbeat t)
    {
        // The record is older than the attempt: the database was put back to a backup. The program is no error of its worker's.
        if (t.Attempt > record.Attempt) return Directive.None;
        if (t.Attempt < record.Attempt || record.Epoch == 0 || !IsLatestHolder(record, t.Holder)) return Directive.Superseded;
        // Nothing follows what was cancelled: how it ended is kept beside the end that stands.
        if (record is { State: TaskState.Lost, Reason: CancelledUnreachable }) return Directive.Cancel;
        // Where another attempt might have followed it ends with its lease, and was told so while that attempt was waited for.
        if (record.Spec.MaxAttempts > 1) return Directive.Superseded;
        return record.State switch
        {
            // Given up, and it lives: its end will be the truth beside the end that stands. What has a key may be in another task's way.
            TaskState.Lost when !record.Spec.EndsWithLease => Directive.Continue,
            TaskState.Lost or TaskState.TimedOut => Directive.Cancel,
            _ => Directive.Superseded,
        };
    }

    private static TaskStep ApplyTick(TaskRecord record, TaskTrigger.Tick t, DateTimeOffset now, TaskOptions options) => record.State switch
    {
        TaskState.Queued or TaskState.Offered when now >= TaskClocks.GetStartBy(record) => EndNeverStarted(record, t, now, options),
        TaskState.Offered when now >= record.OfferExpires => new(ClearOffer(record)),
        TaskState.AwaitingApproval => EndOverdueWait(record, t, now, options) ?? new(record),
        TaskState.Running => TickRunning(record, t, now, options),
        _ => new(record),
    };

    private static TaskStep TickRunning(TaskRecord record, TaskTrigger.Tick t, DateTimeOffset now, TaskOptions options)
    {
        var leaseEnd = TaskClocks.GetLeaseEnd(record, options);
        if (now >= leaseEnd)
        {
            return now >= TaskClocks.GetLostAt(record, options)
                ? EndAttempt(record, TaskState.Lost, DecideLossReason(record, now, options), t, Actor.System, now, options)
                : PostponeWake(record, t, now, options);
        }
        return now >= TaskClocks.GetOverruledAt(record, options)
            ? EndAttempt(record, TaskState.TimedOut, "timeout", t, Actor.System, now, options, leaseEnd + record.Spec.KillGrace)
            : PostponeWake(record, t, now, options);
    }

    private static string DecideLossReason(TaskRecord record, DateTimeOffset now, TaskOptions options) =>
        record.CancelRequested && now >= TaskClocks.GetGoneAt(record, options) ? CancelledUnreachable : "worker-unreachable";

    /// <summary>
    /// The row's time has come and its worker is not given up yet: the row gets its next time, once, or every sweep would find it.
    /// </summary>
    private static TaskStep PostponeWake(TaskRecord record, TaskTrigger.Tick t, DateTimeOffset now, TaskOptions options) =>
        now >= record.WakeAt ? CommitChange(record, t, Actor.System, now, options) : new(record);

    private static TaskStep ApplyRecovered(TaskRecord record, DateTimeOffset now, TaskOptions options) =>
        record.State == TaskState.Running && record.Epoch > 0
            ? new(record with { LeaseUntil = now + options.Lease, HeardSince = null })
            : new(record);
}
