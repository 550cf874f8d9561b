namespace OpenClaw.TestKit.Checking;

// What waits for a yes: runs after one alone, and never after a no.
public static partial class Checker
{
    private static IEnumerable<string> NothingRanUnasked(
        Evidence evidence, ILookup<string, WitnessLine> lines, ILookup<string, Seen> seen, IReadOnlyList<Accepted> accepted)
    {
        var decisions = evidence.Decisions.ToDictionary(d => d.Task);
        foreach (var task in accepted.Where(task => task.NeedsYes))
        {
            var decision = decisions.GetValueOrDefault(task.Task);
            var spawn = lines[task.Key].FirstOrDefault(line => line.IsStart);
            if (spawn is not null && decision is not { Yes: true }) yield return $"I8 {task.Key}: it ran, and nobody had said yes";
            else if (spawn is not null && spawn.At < decision!.At)
                yield return $"I8 {task.Key}: it ran {decision.At - spawn.At} ms before the yes";
            if (decision is { Yes: false, Confirmed: true }
                && seen[task.Task].LastOrDefault() is { State: not ("rejected" or "cancelled") } last)
                yield return $"I8 {task.Key}: a no was heard, and it is {last.State}";
        }
    }
}
