using System.Diagnostics.Metrics;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Telemetry;

namespace OpenClaw.Grains.Tasks;

/// <summary>
/// Counts what was committed, told from the record before and after. Labels are few: kind, state, protocol; never a name or an id.
/// </summary>
internal static class TaskMetrics
{
    private static readonly Counter<long> Submitted = Instruments.Meter.CreateCounter<long>(
        "openclaw.tasks.submitted", "{task}", "Tasks accepted: their first commit");

    private static readonly Counter<long> Started = Instruments.Meter.CreateCounter<long>(
        "openclaw.tasks.started", "{attempt}", "Attempts whose start was committed");

    private static readonly Counter<long> Requeued = Instruments.Meter.CreateCounter<long>(
        "openclaw.tasks.requeued", "{attempt}", "Attempts that did not end their task: it waits for the next one");

    private static readonly Counter<long> Ended = Instruments.Meter.CreateCounter<long>(
        "openclaw.tasks.ended", "{task}", "Tasks that came to their end");

    private static readonly Histogram<double> PickUp = Instruments.Meter.CreateHistogram(
        "openclaw.task.pickup.duration", "s", "From submit to the committed start of the first attempt", advice: Instruments.Durations);

    private static readonly Histogram<double> Run = Instruments.Meter.CreateHistogram(
        "openclaw.task.run.duration", "s", "From the committed start of the last attempt to the end", advice: Instruments.Durations);

    /// <summary>A step from one record to the next was committed.</summary>
    public static void RecordCommit(TaskRecord? before, TaskRecord after)
    {
        if (before is null) CountSubmit(after);
        else if (before.State.IsEnd()) return;
        else if (after.State.IsEnd()) CountEnd(before, after);
        else if (before.State == TaskState.Running && after.State == TaskState.Queued) CountRequeue(after);
        else if (before.State != TaskState.Running && after.State == TaskState.Running) CountStart(after);
    }

    private static void CountSubmit(TaskRecord task)
    {
        if (Submitted.Enabled) Submitted.Add(1, CreateKindLabel(task));
    }

    private static void CountStart(TaskRecord task)
    {
        if (Started.Enabled) Started.Add(1, CreateKindLabel(task), CreateProtocolLabel(task));
        if (PickUp.Enabled && task is { FailedAttempts: 0, StartedAt: { } started })
            PickUp.Record(GetSeconds(task.CreatedAt, started), CreateKindLabel(task));
    }

    private static void CountRequeue(TaskRecord task)
    {
        if (!Requeued.Enabled) return;
        // No attempt failed: its answer never reached the worker.
        Requeued.Add(1, CreateKindLabel(task), Instruments.CreateLabel("reason", task.Reason == "undelivered" ? "undelivered" : "retry"));
    }

    private static void CountEnd(TaskRecord before, TaskRecord after)
    {
        if (Ended.Enabled) Ended.Add(1, CreateKindLabel(after), CreateStateLabel(after));
        if (Run.Enabled && before is { State: TaskState.Running, StartedAt: { } started } && after.EndedAt is { } ended)
            Run.Record(GetSeconds(started, ended), CreateKindLabel(after), CreateStateLabel(after));
    }

    /// <summary>A clock that stepped back makes no negative duration.</summary>
    private static double GetSeconds(DateTimeOffset from, DateTimeOffset to) => Math.Max(0, (to - from).TotalSeconds);

    private static KeyValuePair<string, object?> CreateKindLabel(TaskRecord task) =>
        Instruments.CreateLabel("kind", Instruments.ToKindLabel(task.Spec.Kind));

    private static KeyValuePair<string, object?> CreateStateLabel(TaskRecord task) =>
        Instruments.CreateLabel("state", task.State.ToWireName());

    private static KeyValuePair<string, object?> CreateProtocolLabel(TaskRecord task) =>
        Instruments.CreateLabel("protocol", task.Epoch > 0 ? "sessions" : "compatible");
}
