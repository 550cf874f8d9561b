using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tasks;

// The clocks: leases and deadlines.
internal static partial class TaskMachine
{
    private static TaskStep Heartbeat(TaskRecord record, TaskTrigger.Heartbeat t, DateTimeOffset now, TaskOptions options)
    {
        if (Foreign(record, t.Holder)) return new(record, Rejection.NotFound) { Directive = Directive.Superseded };
        if (record.State != TaskState.Running || record.Attempt != t.Attempt || record.Epoch == 0 || !HoldsLatest(record, t.Holder))
            return new(record) { Directive = Directive.Superseded };
        var renewed = record with
        {
            HeardSince = record.HeardSince is { } since && now < TaskClocks.LeaseEnd(record, options) ? since : now,
            LeaseUntil = now + options.Lease,
        };
        var stop = record.CancelRequested || now >= TaskClocks.TimeoutAt(record);
        return new(renewed) { Directive = stop ? Directive.Cancel : Directive.Continue };
    }

    private static TaskStep Tick(TaskRecord record, TaskTrigger.Tick t, DateTimeOffset now, TaskOptions options) => record.State switch
    {
        TaskState.Queued or TaskState.Offered when now >= TaskClocks.StartBy(record) => NeverStarted(record, t, now, options),
        TaskState.Offered when now >= record.OfferExpires => new(Unoffered(record)),
        TaskState.AwaitingApproval => WaitOver(record, t, now, options) ?? new(record),
        TaskState.Running => TickRunning(record, t, now, options),
        _ => new(record),
    };

    private static TaskStep TickRunning(TaskRecord record, TaskTrigger.Tick t, DateTimeOffset now, TaskOptions options)
    {
        var leaseEnd = TaskClocks.LeaseEnd(record, options);
        if (now >= leaseEnd)
        {
            return now >= TaskClocks.LostAt(record, options)
                ? AttemptEnded(record, TaskState.Lost, "worker-unreachable", t, Actor.System, now, options)
                : new(record);
        }
        return now >= TaskClocks.TimedOutAt(record, options)
            ? AttemptEnded(record, TaskState.TimedOut, "timeout", t, Actor.System, now, options, leaseEnd + record.Spec.KillGrace)
            : new(record);
    }

    private static TaskStep Recovered(TaskRecord record, DateTimeOffset now, TaskOptions options) =>
        record.State == TaskState.Running && record.Epoch > 0
            ? new(record with { LeaseUntil = now + options.Lease, HeardSince = null })
            : new(record);
}
