using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts.Results;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision.Attempts;

namespace OpenClaw.Worker.Attempts.Journal;

/// <summary>An attempt of the daemon before: what it was offered, and the supervisor of each of its programs.</summary>
internal sealed record RecoveredAttempt(Offer Offer, IReadOnlyList<ProcessIdentity> Supervisors);

/// <summary>What a starting daemon does about what the one before left, before it opens its session.</summary>
internal sealed class SupervisorRecovery(
    AttemptJournal journal, AttemptFolders folders, ResultSpool spool, TimeProvider clock, WorkerLog log)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Those to go on with. The others are ended first: once the session is open the server gives them up, and another attempt may begin.
    /// </summary>
    public async Task<IReadOnlyList<RecoveredAttempt>> RecoverAttempts(bool maySupervise)
    {
        var recovered = new List<RecoveredAttempt>();
        foreach (var entry in journal.LeftOpen)
        {
            var offer = maySupervise ? folders.ReadOffer(entry.AttemptId) : null;
            var runs = Enumerable.Range(0, Math.Max(entry.Spawns.Count, folders.CountRuns(entry.AttemptId)))
                .Select(run => InspectRun(entry, run));
            var found = new RecoveryFindings(spool.HasResult(entry.AttemptId), offer is not null, [.. runs]);
            switch (Recovery.DecideStep(entry, found))
            {
                case RecoveryStep.Reattach:
                    log.Adopted(entry.AttemptId);
                    recovered.Add(new RecoveredAttempt(offer!, [.. GetSupervisors(entry, found)]));
                    break;
                case RecoveryStep.GiveUp:
                    await EndAttempt(entry);
                    break;
                default:
                    ForgetAttempt(entry.AttemptId);
                    break;
            }
        }
        foreach (var id in folders.ListIds().Except(journal.LeftOpen.Select(entry => entry.AttemptId)).ToArray())
            await EndAttempt(JournalEntry.FromId(id));
        return recovered;
    }

    private RunFinding InspectRun(JournalEntry entry, int run) => new(
        entry.Spawns.FirstOrDefault(spawn => spawn.Run == run) is { Supervised: true } spawn && spawn.Process.IsLive(),
        folders.HasEnd(new(entry.AttemptId, run)));

    /// <summary>One for each program that began; of one that has left its end nothing else is needed.</summary>
    private static IEnumerable<ProcessIdentity> GetSupervisors(JournalEntry entry, RecoveryFindings found) => found.Runs
        .Select((run, number) => (run, entry.Spawns.FirstOrDefault(spawn => spawn.Run == number)))
        .TakeWhile(pair => pair.Item2 is not null || pair.run.EndKept)
        .Select(pair => pair.Item2?.Process ?? new ProcessIdentity(0, 0, ""));

    private async Task EndAttempt(JournalEntry entry)
    {
        var (killed, survivors) = (0, 0);
        // Without a process its marker may still find what it started.
        foreach (var process in entry.Spawns.Select(spawn => spawn.Process).DefaultIfEmpty(new ProcessIdentity(0, 0, "")))
        {
            var (pid, start) = process.IsLive() ? (process.Pid, process.Start) : (0, 0ul);
            var end = await OrphanProcesses.EndAll(entry.TaskId, entry.Attempt, pid, start, Grace, clock);
            (killed, survivors) = (killed + end.Killed, survivors + end.Survivors);
        }
        var hooks = await OrphanProcesses.EndHooks(entry.TaskId, entry.Attempt, Grace, clock);
        (killed, survivors) = (killed + hooks.Killed, survivors + hooks.Survivors);
        if (entry.Committed || killed > 0) log.Leftover(entry.AttemptId, killed, survivors);
        ForgetAttempt(entry.AttemptId);
    }

    private void ForgetAttempt(string attemptId)
    {
        folders.Remove(attemptId);
        journal.RecordEnd(attemptId);
    }
}
