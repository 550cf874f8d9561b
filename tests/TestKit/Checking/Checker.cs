namespace OpenClaw.TestKit.Checking;

/// <summary>
/// Compares the evidence with the invariants of semantics.md, section 6. Pure: knows no server. Each violation begins with the
/// invariant's number.
/// </summary>
public static class Checker
{
    private static readonly HashSet<string> Ends = ["succeeded", "failed", "cancelled", "timed_out", "expired", "rejected", "lost"];

    public static IReadOnlyList<string> Violations(Evidence evidence)
    {
        var found = new List<string>();
        found.AddRange(OneTaskAKey(evidence));
        found.AddRange(ReadsAgree(evidence));
        var lines = evidence.Witness.ToLookup(w => w.Key);
        var rows = evidence.Rows.ToDictionary(r => r.Task);
        var audit = evidence.Audit.ToLookup(t => t.Task);
        var last = evidence.Seen.GroupBy(s => s.Task).ToDictionary(g => g.Key, g => g.Last());
        foreach (var task in evidence.Accepted.DistinctBy(a => a.Key))
        {
            var story = new Story(
                task, rows.GetValueOrDefault(task.Task), [.. audit[task.Task].OrderBy(t => t.Version)],
                [.. lines[task.Key].OrderBy(w => w.At)], last.GetValueOrDefault(task.Task));
            found.AddRange(story.Row is null ? [$"I1 {task.Key}: accepted, and not in the database"] : OneStory(story, story.Row));
        }
        found.AddRange(AcknowledgedIsKept(evidence, last));
        return found;
    }

    /// <summary>How many of the kills came while at least one task was in a state, by the audit's own times.</summary>
    public static int KillsThatHit(Evidence evidence, string state) => evidence.Kills.Count(kill => evidence.Audit
        .GroupBy(t => t.Task).Any(g => g.Where(t => t.At <= kill).MaxBy(t => t.Version)?.State == state));

    private static IEnumerable<string> OneStory(Story story, Row row)
    {
        var key = story.Task.Key;
        var entries = story.Audit.Select((t, i) => (t, Before: i == 0 ? null : story.Audit[i - 1].State)).ToList();
        var ends = entries.Count(e => Ends.Contains(e.t.State) && (e.Before is null || !Ends.Contains(e.Before)));
        if (!Ends.Contains(row.State)) yield return $"I2 {key}: never ended, it is {row.State}";
        else if (ends != 1) yield return $"I2 {key}: {ends} audit rows of an end";
        foreach (var (t, before) in entries)
            if (before is not null && Ends.Contains(before) && t.State != before) yield return $"I3 {key}: {before} became {t.State}";
        if (story.Audit.Count > 0 && story.Audit[^1].Version != row.Version) yield return $"I4 {key}: row at {row.Version}, audit at {story.Audit[^1].Version}";

        foreach (var violation in Spawns(story, row)) yield return violation;
        foreach (var violation in Truth(story)) yield return violation;
    }

    private static IEnumerable<string> Spawns(Story story, Row row)
    {
        var key = story.Task.Key;
        var spawns = story.Witness.Where(w => w.IsStart).ToList();
        var starts = story.Audit.Where(t => t.What is "start" or "offer-and-start").ToList();
        if (spawns.Count > story.Task.MaxAttempts) yield return $"I5 {key}: {spawns.Count} spawns, {story.Task.MaxAttempts} allowed";
        for (var i = 0; i < spawns.Count; i++)
        {
            if (i >= starts.Count || starts[i].At > spawns[i].At) yield return $"I6 {key}: spawn {i + 1} without a committed start before it";
            var end = story.Witness.FirstOrDefault(w => !w.IsStart && w.Pid == spawns[i].Pid);
            if (i + 1 < spawns.Count && end is not null && end.At > spawns[i + 1].At) yield return $"I7 {key}: spawns {i + 1} and {i + 2} overlap";
        }
        var neverRan = row.State is "expired" or "rejected" || (row.State == "cancelled" && starts.Count == 0);
        if (neverRan && spawns.Count > 0) yield return $"I8 {key}: {row.State}, and it ran";
    }

    private static IEnumerable<string> Truth(Story story)
    {
        var key = story.Task.Key;
        if (story.Last is not { } seen) yield break;
        var ends = story.Witness.Where(w => !w.IsStart).ToList();
        switch (seen.State)
        {
            case "succeeded" when !ends.Any(e => e.ExitCode == 0):
                yield return $"I10 {key}: succeeded, and no command says that it ended well";
                break;
            case "succeeded" when seen.ExitCode != 0 || seen.Stdout != Witness.Output(key):
                yield return $"I10 {key}: succeeded with exit code {seen.ExitCode} and output '{seen.Stdout}'";
                break;
            case "failed" when !ends.Any(e => e.ExitCode == seen.ExitCode):
                yield return $"I10 {key}: failed with {seen.ExitCode}, and no command ended with that";
                break;
        }
    }

    private static IEnumerable<string> OneTaskAKey(Evidence evidence) => evidence.Accepted.GroupBy(a => a.Key)
        .Where(g => g.Select(a => a.Task).Distinct().Count() > 1).Select(g => $"I1 {g.Key}: one key made several tasks");

    private static IEnumerable<string> ReadsAgree(Evidence evidence)
    {
        foreach (var reads in evidence.Seen.GroupBy(s => s.Task))
            foreach (var (one, next) in reads.Zip(reads.Skip(1)))
            {
                if (next.Version < one.Version) yield return $"I4 {reads.Key}: version {one.Version}, then {next.Version}";
                if (Ends.Contains(one.State) && (one.State, one.ExitCode, one.Stdout) != (next.State, next.ExitCode, next.Stdout))
                    yield return $"I3 {reads.Key}: read as {one.State} {one.ExitCode}, then as {next.State} {next.ExitCode}";
            }
    }

    private static IEnumerable<string> AcknowledgedIsKept(Evidence evidence, Dictionary<string, Seen> last) => evidence.Acknowledged
        .Where(a => !last.TryGetValue(a.Task, out var seen) || !(seen.State is "succeeded" or "failed" ? seen.ExitCode == a.ExitCode : seen.LateExitCode == a.ExitCode))
        .Select(a => $"I9 {a.Task}: the result {a.ExitCode} was acknowledged and is not there");

    private sealed record Story(
        Accepted Task, Row? Row, IReadOnlyList<Transition> Audit, IReadOnlyList<WitnessLine> Witness, Seen? Last);
}
