using System.Diagnostics;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Telemetry;

namespace OpenClaw.Grains.Tasks;

/// <summary>
/// The span of an attempt, from its committed start to its committed end, in the trace the task was submitted in. Made when the end is
/// known, from the record alone: the silo that saw the start may be gone.
/// </summary>
internal static class AttemptTrace
{
    /// <summary>A step from one record to the next was committed.</summary>
    public static void RecordCommit(TaskRecord? before, TaskRecord after)
    {
        if (before is not { State: TaskState.Running, StartedAt: { } started, Spec.TraceParent: { } trace }) return;
        if (after.State == TaskState.Running || after.Reason == "undelivered" || !Instruments.Source.HasListeners()) return;
        if (!ActivityContext.TryParse(trace, null, isRemote: true, out var submit)) return;
        using var span = Instruments.Source.StartActivity(
            ActivityKind.Consumer, submit, startTime: started, name: "attempt " + Instruments.ToKindLabel(after.Spec.Kind));
        if (span is not { IsAllDataRequested: true }) return;
        span.SetTag("openclaw.task.id", after.Id.ToString("D"));
        span.SetTag("openclaw.attempt", after.Attempt);
        span.SetTag("openclaw.kind", after.Spec.Kind);
        span.SetTag("openclaw.worker", after.Worker);
        span.SetTag("openclaw.state", after.State.ToWireName());
        if (after.Reason is { } reason) span.SetTag("openclaw.reason", reason);
        if (after.Outcome?.ExitCode is { } code) span.SetTag("process.exit.code", code);
        span.SetStatus(ToSpanStatus(after.State), after.State == TaskState.Succeeded ? null : after.Reason);
        var ended = after.EndedAt ?? after.Last?.At ?? started;
        span.SetEndTime((ended > started ? ended : started).UtcDateTime);
    }

    /// <summary>A cancel is what somebody wanted; an attempt that made the task wait for another one has failed.</summary>
    private static ActivityStatusCode ToSpanStatus(TaskState state) => state switch
    {
        TaskState.Succeeded => ActivityStatusCode.Ok,
        TaskState.Cancelled => ActivityStatusCode.Unset,
        _ => ActivityStatusCode.Error,
    };
}
