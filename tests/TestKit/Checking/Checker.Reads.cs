namespace OpenClaw.TestKit.Checking;

// What clients and workers were told, against what they were told before.
public static partial class Checker
{
    /// <summary>A note is written beside the tasks, by whoever saw it; a process that dies takes what it had not written with it.</summary>
    private const long NoteTakes = 5_000;

    private static IEnumerable<string> ReadsAgree(Evidence evidence)
    {
        foreach (var reads in evidence.Seen.GroupBy(s => s.Task))
        {
            var all = reads.ToList();
            for (var later = 1; later < all.Count; later++)
            {
                var next = all[later];
                if (all.Take(later).Where(s => Ends.Contains(s.State)).Where(Ended).FirstOrDefault(s => !Same(s, next)) is { } end)
                    yield return $"I3 {reads.Key}: read as {end.State} {end.ExitCode}, then as {next.State} {next.ExitCode}";
                if (all.Take(later).Where(Before).Where(s => s.Version > next.Version).MaxBy(s => s.Version) is { } newer)
                    yield return $"I4 {reads.Key}: version {newer.Version}, then {next.Version}";

                bool Before(Seen one) => one.End + (Ends.Contains(next.State) ? 0 : evidence.StaleFor) <= next.Begin;
                // Two ends never differ, whatever their order; an end and no end only when the end was known first.
                bool Ended(Seen one) => Ends.Contains(next.State) || Before(one);
            }
        }
    }

    private static bool Same(Seen one, Seen other) => (one.State, one.ExitCode, one.Stdout) == (other.State, other.ExitCode, other.Stdout);

    /// <summary>An acknowledged result is in every later read; one that another attempt may follow, in the last.</summary>
    private static IEnumerable<string> AcknowledgedIsKept(
        Evidence evidence, ILookup<string, Seen> seen, Dictionary<string, Accepted> accepted)
    {
        foreach (var result in evidence.Acknowledged)
        {
            var reads = seen[result.Task].ToList();
            var final = result.ExitCode == 0 || accepted.GetValueOrDefault(result.Task) is { MaxAttempts: 1 };
            // A failure that another attempt followed: how that one ended is what is shown.
            if (!final && reads.LastOrDefault()?.State is "cancelled" or "timed_out" or "lost") continue;
            var later = reads.Where(
                (s, i) => i == reads.Count - 1 || (final && result.At > 0 && s.Begin >= result.At + evidence.StaleFor)).ToList();
            if (later.Count == 0 || later.Any(s => !Shows(s, result.ExitCode)))
                yield return $"I9 {result.Task}: the result {result.ExitCode} was acknowledged and is not there";
            else if (accepted.TryGetValue(result.Task, out var task)
                && later.Find(
                    s => s.State is not ("succeeded" or "failed") && s.LateStdout != Witness.Folded(Witness.Output(task))) is { } mute)
                yield return $"I10 {result.Task}: the late result {result.ExitCode} has the output '{mute.LateStdout}'";
        }
    }

    private static bool Shows(Seen seen, int exitCode) =>
        seen.State is "succeeded" or "failed" ? seen.ExitCode == exitCode : seen.LateExitCode == exitCode;

    /// <summary>A report of an earlier attempt is refused and on record.</summary>
    private static IEnumerable<string> StaleIsRefused(Evidence evidence)
    {
        foreach (var report in evidence.Stale)
        {
            if (report.Status is >= 200 and < 300)
                yield return $"I13 {report.Task}: a report of attempt {report.Attempt}, which was over, was taken";
            else if (report.Status == 409 && !evidence.Faults.Any(f => report.At + NoteTakes > f.Begin && report.At < f.End + NoteTakes)
                && !evidence.Notes.Any(n => n.Task == report.Task && n.At >= report.At - NoteTakes))
                yield return $"I13 {report.Task}: a report of attempt {report.Attempt} was refused and is not on record";
        }
    }
}
