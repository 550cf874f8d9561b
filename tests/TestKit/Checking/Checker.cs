namespace OpenClaw.TestKit.Checking;

/// <summary>
/// Compares the evidence with the invariants of semantics.md, section 6. Pure: knows no server. Each violation begins with the
/// invariant's number; F0 is a run that proves nothing because a fault hit nothing.
/// </summary>
public static partial class Checker
{
    private static readonly HashSet<string> Ends = ["succeeded", "failed", "cancelled", "timed_out", "expired", "rejected", "lost"];

    /// <summary>
    /// The audit goes by the cluster's clock and the witness by the machine's, ms: processes take over the first within milliseconds.
    /// </summary>
    private const long ClocksDiffer = 50;

    public static IReadOnlyList<string> Violations(Evidence evidence)
    {
        var found = new List<string>();
        found.AddRange(NothingInjected(evidence));
        found.AddRange(OneTaskAKey(evidence));
        found.AddRange(ReadsAgree(evidence));
        var lines = evidence.Witness.ToLookup(w => w.Key);
        var rows = evidence.Rows.ToDictionary(r => r.Task);
        var audit = evidence.Audit.ToLookup(t => t.Task);
        var seen = evidence.Seen.ToLookup(s => s.Task);
        var accepted = evidence.Accepted.DistinctBy(a => a.Key).ToList();
        foreach (var task in accepted)
        {
            var story = new Story(
                task, [.. audit[task.Task].OrderBy(t => t.Version)], [.. lines[task.Key].OrderBy(w => w.At)],
                seen[task.Task].LastOrDefault());
            if (rows.TryGetValue(task.Task, out var row)) found.AddRange(OneStory(story, row, evidence));
            else found.Add($"I1 {task.Key}: accepted, and not in the database");
        }
        found.AddRange(Uninvited(evidence, [.. accepted.Select(a => a.Key)]));
        found.AddRange(AcknowledgedIsKept(evidence, seen, accepted.DistinctBy(a => a.Task).ToDictionary(a => a.Task)));
        found.AddRange(StaleIsRefused(evidence));
        found.AddRange(OutputsAreWhole(evidence, lines, accepted.DistinctBy(a => a.Task).ToDictionary(a => a.Task)));
        found.AddRange(RanIsTold(evidence, lines, seen, accepted));
        found.AddRange(NothingRanUnasked(evidence, lines, seen, accepted));
        found.AddRange(evidence.Leftovers);
        return found;
    }

    /// <summary>How many of the faults came while at least one task was in a state, by the audit's own times.</summary>
    public static int FaultsThatHit(Evidence evidence, string state) =>
        evidence.Faults.Count(f => InState(evidence.Audit, f.Begin, state) > 0);

    /// <summary>Tasks that were in one of these states at a time: what a fault hits that takes all of the servers.</summary>
    public static int InState(IReadOnlyList<Transition> audit, long at, params string[] states) => audit
        .GroupBy(t => t.Task).Count(g => g.Where(t => t.At <= at).MaxBy(t => t.Version) is { } last && states.Contains(last.State));

    private static IEnumerable<string> NothingInjected(Evidence evidence)
    {
        if (evidence.Faults.Count == 0) yield return "F0 no fault was injected: nothing is proved";
        foreach (var fault in evidence.Faults)
        {
            if (fault.Hits == 0) yield return $"F0 {fault.Name}: it hit nothing";
        }
    }

    private static IEnumerable<string> OneStory(Story story, Row row, Evidence evidence)
    {
        var key = story.Task.Key;
        var entries = story.Audit.Select((t, i) => (t, Before: i == 0 ? null : story.Audit[i - 1].State)).ToList();
        var ends = entries.Count(e => Ends.Contains(e.t.State) && (e.Before is null || !Ends.Contains(e.Before)));
        if (!Ends.Contains(row.State)) yield return $"I2 {key}: never ended, it is {row.State}";
        else if (ends != 1) yield return $"I2 {key}: {ends} audit rows of an end";
        foreach (var (t, before) in entries)
            if (before is not null && Ends.Contains(before) && t.State != before) yield return $"I3 {key}: {before} became {t.State}";
        if (story.Audit.Count > 0 && story.Audit[^1].Version != row.Version)
            yield return $"I4 {key}: row at {row.Version}, audit at {story.Audit[^1].Version}";
        foreach (var (one, next) in story.Audit.Zip(story.Audit.Skip(1)))
            if (next.Version != one.Version + 1) yield return $"I4 {key}: the audit goes from version {one.Version} to {next.Version}";

        foreach (var violation in Spawns(story, row)) yield return violation;
        foreach (var violation in Truth(story)) yield return violation;
        foreach (var violation in Clocks(story, row, evidence)) yield return violation;
    }

    private static IEnumerable<string> Spawns(Story story, Row row)
    {
        var key = story.Task.Key;
        var spawns = story.Witness.Where(w => w.IsStart).ToList();
        var starts = story.Audit.Where(IsStart).ToList();
        if (spawns.Count > story.Task.MaxAttempts) yield return $"I5 {key}: {spawns.Count} spawns, {story.Task.MaxAttempts} allowed";
        for (var i = 0; i < spawns.Count; i++)
        {
            var spawn = spawns[i];
            var start = spawn.Attempt > 0 ? starts.Find(s => s.Attempt == spawn.Attempt) : starts.ElementAtOrDefault(i);
            if (start is null || start.At > spawn.At + ClocksDiffer)
                yield return $"I6 {key}: spawn {i + 1} without a committed start before it";
            if (spawn.Attempt > 0 && spawns.Take(i).Any(s => s.Attempt == spawn.Attempt))
                yield return $"I5 {key}: attempt {spawn.Attempt} was spawned twice";
            var end = story.Witness.FirstOrDefault(w => !w.IsStart && w.Pid == spawn.Pid);
            if (i + 1 < spawns.Count && end is not null && end.At > spawns[i + 1].At)
                yield return $"I7 {key}: spawns {i + 1} and {i + 2} overlap";
        }
        var neverRan = row.State is "expired" or "rejected" || (row.State == "cancelled" && starts.Count == 0);
        if (neverRan && spawns.Count > 0) yield return $"I8 {key}: {row.State}, and it ran";
    }

    private static IEnumerable<string> Truth(Story story)
    {
        var key = story.Task.Key;
        if (story.Last is not { } seen || story.Task.Witness == WitnessKind.File) yield break;
        var ends = story.Witness.Where(w => !w.IsStart).ToList();
        switch (seen.State)
        {
            case "succeeded" when !ends.Any(e => e.ExitCode == 0):
                yield return $"I10 {key}: succeeded, and no command says that it ended well";
                break;
            case "succeeded" or "failed" when story.Task.Witness == WitnessKind.Agent: break;
            case "succeeded" when seen.ExitCode != 0 || seen.Stdout != Witness.Folded(Witness.Output(story.Task)):
                yield return $"I10 {key}: succeeded with exit code {seen.ExitCode} and output '{seen.Stdout}'";
                break;
            case "failed" when !ends.Any(e => e.ExitCode == seen.ExitCode):
                yield return $"I10 {key}: failed with {seen.ExitCode}, and no command ended with that";
                break;
        }
        if (story.Task.Witness == WitnessKind.Agent) yield break;
        if (seen is { State: "succeeded" or "failed", Stdout: { } stdout } && ends.Any(e => e.Digest is not null)
            && !ends.Any(e => e.Digest == Witness.DigestOfFolded(stdout)))
            yield return $"I10 {key}: the output is not the one the command digested";
    }

    /// <summary>Commands that ran for a key whose submit was refused or never made.</summary>
    private static IEnumerable<string> Uninvited(Evidence evidence, HashSet<string> keys) => evidence.Witness
        .Where(w => w.IsStart && !keys.Contains(w.Key) && !evidence.Unknown.Contains(w.Key)).Select(w => w.Key).Distinct()
        .Select(key => $"I1 {key}: it ran, and was never accepted");

    private static IEnumerable<string> OneTaskAKey(Evidence evidence) => evidence.Accepted.GroupBy(a => a.Key)
        .Where(g => g.Select(a => a.Task).Distinct().Count() > 1).Select(g => $"I1 {g.Key}: one key made several tasks");

    private static bool IsStart(Transition t) => t.What is "start" or "offer-and-start";

    private sealed record Story(Accepted Task, IReadOnlyList<Transition> Audit, IReadOnlyList<WitnessLine> Witness, Seen? Last);
}
