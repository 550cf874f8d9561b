namespace OpenClaw.TestKit.Checking;

// What real daemons ran as processes: all that was printed is there, and nothing that ended is kept from those who asked.
public static partial class Checker
{
    /// <summary>The bytes of an output are those that its command printed, by the command's own digest.</summary>
    private static IEnumerable<string> OutputsAreWhole(
        Evidence evidence, ILookup<string, WitnessLine> lines, Dictionary<string, Accepted> accepted)
    {
        foreach (var read in evidence.Outputs)
        {
            if (!accepted.TryGetValue(read.Task, out var task)) continue;
            var size = task.OutputSize ?? Witness.Output(task.Key).Length;
            if (read.Bytes != size) yield return $"I10 {task.Key}: {read.Bytes} bytes of output, {size} were printed";
            else if (!lines[task.Key].Any(line => !line.IsStart && line.Digest == read.Sha256))
                yield return $"I10 {task.Key}: the bytes of its output have the digest {read.Sha256}, which no command says of itself";
        }
    }

    /// <summary>
    /// A command that ran to its end on a daemon is told: its spool is empty, so the truth is the end or beside it. An attempt that was
    /// cancelled or out of time may have come to its end in the moment it was ended.
    /// </summary>
    private static IEnumerable<string> RanIsTold(
        Evidence evidence, ILookup<string, WitnessLine> lines, ILookup<string, Seen> seen, IReadOnlyList<Accepted> accepted)
    {
        foreach (var task in accepted)
        {
            if (task.Witness != WitnessKind.Command) continue;
            if (seen[task.Task].LastOrDefault() is not { State: "lost" } last || last.LateExitCode is not null) continue;
            if (evidence.Rows.FirstOrDefault(r => r.Task == task.Task) is not { Worker: { } worker } row
                || !evidence.Daemons.Contains(worker)) continue;
            var end = lines[task.Key].FirstOrDefault(
                line => line is { IsStart: false, Pid: > 0, ExitCode: >= 0 } && line.Attempt == row.Attempt);
            if (end is not null)
                yield return $"I9 {task.Key}: it ended with {end.ExitCode} on {worker}, and is lost without that";
        }
    }
}
