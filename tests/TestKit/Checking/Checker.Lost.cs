namespace OpenClaw.TestKit.Checking;

// An attempt that was given up: was its worker really out of reach, or started anew?
public static partial class Checker
{
    private const string CancelledUnreachable = "cancelled-unreachable";

    /// <summary>So many ms after the death of a worker the server may still write a start that the worker had asked for.</summary>
    private const long StartUnderWay = 15_000;

    /// <summary>What is wrong with giving up this attempt; null when its worker was not there, as far as is known.</summary>
    private static string? LostAlive(Accepted task, Transition t, Transition start, Evidence evidence)
    {
        if (t.What == "holder-restarted")
        {
            return WasRestarted(evidence, start, t)
                ? null
                : $"given up because {start.Worker} had been started anew, which it had not";
        }
        // By the clock, and not as timed out, which has a clock of its own.
        if (t.What != "tick" || start.What != "start" || t.State is not ("lost" or "queued") || t.Reason == "timeout") return null;
        var wait = Lease + (task.MaxAttempts > 1 || t.Reason == CancelledUnreachable ? task.KillGrace : LostAfter);
        // Only what was answered by then: a heartbeat that comes after the end is told to go on as well, and renews nothing.
        var heard = evidence.Renewals.Where(r => r.Task == t.Task && r.Attempt == start.Attempt && r.End <= t.At)
            .Select(r => r.Begin).DefaultIfEmpty().Max();
        if (t.At < heard + wait) return $"given up {t.At - heard} ms after a heartbeat of its worker's that was answered, {wait} at least";
        // A worker that lives sends one every 15 s; only faults can have kept them all away.
        var isAlive = start.Worker is { } worker && !evidence.DeadWorkers.Contains(worker) && !WasRestarted(evidence, start, t);
        return isAlive && Blocked(evidence, start.Worker, t.At - wait, t.At) < Lease
            ? $"given up as out of reach while {start.Worker} lived"
            : null;
    }

    private static bool WasRestarted(Evidence evidence, Transition start, Transition end) =>
        evidence.Restarts.Any(r => r.Worker == start.Worker && r.End + StartUnderWay >= start.At && r.Begin <= end.At);
}
