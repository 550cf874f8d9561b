using OpenClaw.Protocol.Attempts;

namespace OpenClaw.TestKit.Checking;

// The server's clocks, by its own audit: nothing too early, nothing never. The figures are semantics.md's, section 3.
public static partial class Checker
{
    private static readonly long Lease = (long)AttemptTiming.Lease.TotalMilliseconds;
    private const long LostAfter = 60_000;
    private const long SilentExtra = 60_000;
    private const long Heartbeat = 15_000;
    private const long Report = 5_000;
    private const long Reminder = 60_000;
    /// <summary>What a failure of servers may add to any time: detection, a new activation, a sweep.</summary>
    private const long FailOver = 30_000;

    private static IEnumerable<string> Clocks(Story story, Row row, Evidence evidence)
    {
        var (key, task, audit) = (story.Task.Key, story.Task, story.Audit);
        for (var i = 1; i < audit.Count; i++)
        {
            var (t, before) = (audit[i], audit[i - 1]);
            var start = before.State == "running" ? audit.Take(i).LastOrDefault(IsStart) : null;
            if (TooEarly(task, t, start, audit[0].At) is { } fault) yield return $"I11 {key}: {fault}";
            if (start is not null && LostAlive(task, t, start, evidence) is { } alive) yield return $"I11 {key}: {alive}";
        }
        foreach (var (t, next) in audit.Zip(audit.Skip(1).Append(null)))
        {
            var limit = Limit(task, t) + Blocked(evidence, t.Worker, t.At, t.At + Limit(task, t));
            if (limit > 0 && next is not null && next.At - t.At > limit)
                yield return $"I12 {key}: {t.State} for {next.At - t.At} ms by {t.What}, {limit} at most";
        }
        foreach (var cancel in evidence.Cancels.Where(c => c.Task == task.Task))
        {
            var start = audit.LastOrDefault(t => IsStart(t) && t.At <= cancel.At);
            if (start is not { What: "start" } || (row.Worker is { } worker && evidence.DeadWorkers.Contains(worker))) continue;
            var limit = Heartbeat + task.KillGrace + Report;
            limit += Blocked(evidence, start.Worker, cancel.At, cancel.At + limit);
            if (audit.FirstOrDefault(t => t.At >= start.At && Ends.Contains(t.State)) is { } end && end.At - cancel.At > limit)
                yield return $"I17 {key}: it ended {end.At - cancel.At} ms after its cancel, {limit} at most";
        }
    }

    private static string? TooEarly(Accepted task, Transition t, Transition? start, long created)
    {
        if (t is { What: "tick", State: "lost" } && start is not null)
        {
            var deadline = task.Timeout + task.KillGrace;
            var earliest = start.At + (start.What == "start" ? Math.Max(deadline, Lease + LostAfter) : deadline + SilentExtra + LostAfter);
            // With further attempts allowed, or cancelled, it waits for lease and grace only.
            if (task.MaxAttempts > 1 || t.Reason == CancelledUnreachable) earliest = start.At + Lease + task.KillGrace;
            if (t.At < earliest) return $"lost {t.At - start.At} ms after its start, {earliest - start.At} at least";
        }
        if (t.State == "timed_out" && start is not null && t.At < start.At + task.Timeout)
            return $"timed out {t.At - start.At} ms after its start, {task.Timeout} at least";
        if (t.State == "expired" && t.At < created + task.StartWithin)
            return $"expired after {t.At - created} ms, {task.StartWithin} at least";
        return null;
    }

    /// <summary>How long a version may stand, whoever of the workers is dead; 0: for ever.</summary>
    private static long Limit(Accepted task, Transition t) => t.State switch
    {
        "running" => task.Timeout + task.KillGrace + SilentExtra + LostAfter + Reminder + FailOver,
        "queued" => task.StartWithin + Reminder + FailOver,
        _ => 0,
    };

    /// <summary>Time between two moments in which a fault stood in a worker's way, and what it takes to get over one.</summary>
    private static long Blocked(Evidence evidence, string? worker, long from, long to) => evidence.Faults
        .Where(f => (f.Worker is null || f.Worker == worker) && f.Begin < to && f.End + FailOver > from)
        .Sum(f => f.End - f.Begin + FailOver);
}
