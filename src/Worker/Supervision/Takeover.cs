using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Attempts.Results;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Supervision;

/// <summary>An attempt of the daemon before: what it was offered, and the supervisor of each of its programs.</summary>
internal sealed record Adoption(Offer Offer, IReadOnlyList<ProcessIdentity> Supervisors);

/// <summary>What a starting daemon does about what the one before left, before it opens its session.</summary>
internal sealed class Takeover(AttemptJournal journal, AttemptFolders folders, ResultSpool spool, TimeProvider clock, WorkerLog log)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Those to go on with. The others are ended first: once the session is open the server gives them up, and another attempt may begin.
    /// </summary>
    public async Task<IReadOnlyList<Adoption>> Run(bool maySupervise)
    {
        var adopted = new List<Adoption>();
        foreach (var entry in journal.Left)
        {
            var offer = maySupervise ? folders.OfferOf(entry.AttemptId) : null;
            var runs = Enumerable.Range(0, Math.Max(entry.Spawns.Count, folders.RunsOf(entry.AttemptId))).Select(run => Finding(entry, run));
            var found = new Findings(spool.Has(entry.AttemptId), offer is not null, [.. runs]);
            switch (Recovery.Decide(entry, found))
            {
                case RecoveryStep.Adopt:
                    log.Adopted(entry.AttemptId);
                    adopted.Add(new Adoption(offer!, [.. Identities(entry, found)]));
                    break;
                case RecoveryStep.GiveUp:
                    await GiveUp(entry).ConfigureAwait(false);
                    break;
                default:
                    Close(entry.AttemptId);
                    break;
            }
        }
        foreach (var id in folders.Ids().Except(journal.Left.Select(entry => entry.AttemptId)).ToArray())
            await GiveUp(JournalEntry.Unknown(id)).ConfigureAwait(false);
        return adopted;
    }

    private RunFinding Finding(JournalEntry entry, int run) => new(
        entry.Spawns.FirstOrDefault(spawn => spawn.Run == run) is { Supervised: true } spawn && spawn.Process.IsLive(),
        folders.HasEnd(new(entry.AttemptId, run)));

    /// <summary>One for each program that began; of one that has left its end nothing else is needed.</summary>
    private static IEnumerable<ProcessIdentity> Identities(JournalEntry entry, Findings found) => found.Runs
        .Select((run, number) => (run, entry.Spawns.FirstOrDefault(spawn => spawn.Run == number)))
        .TakeWhile(pair => pair.Item2 is not null || pair.run.EndKept)
        .Select(pair => pair.Item2?.Process ?? new ProcessIdentity(0, 0, ""));

    private async Task GiveUp(JournalEntry entry)
    {
        var (killed, survivors) = (0, 0);
        // Without a process its marker may still find what it started.
        foreach (var process in entry.Spawns.Select(spawn => spawn.Process).DefaultIfEmpty(new ProcessIdentity(0, 0, "")))
        {
            var (pid, start) = process.IsLive() ? (process.Pid, process.Start) : (0, 0ul);
            var end = await Leftovers.End(entry.TaskId, entry.Attempt, pid, start, Grace, clock).ConfigureAwait(false);
            (killed, survivors) = (killed + end.Killed, survivors + end.Survivors);
        }
        if (entry.Committed || killed > 0)
            log.Leftover(entry.AttemptId, killed, survivors);
        Close(entry.AttemptId);
    }

    private void Close(string attemptId)
    {
        folders.Remove(attemptId);
        journal.End(attemptId);
    }
}
