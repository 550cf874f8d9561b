namespace OpenClaw.Worker.Attempts.Journal;

/// <summary>What a restarted daemon does about an attempt its journal leaves open.</summary>
internal enum RecoveryStep
{
    /// <summary>Its result is in the spool: it is only reported.</summary>
    Report,
    /// <summary>Its program runs under its supervisor, or has ended and left its end: it is held, followed and reported.</summary>
    Reattach,
    /// <summary>
    /// It has no program that could be followed. What may be left of it is ended, and it is not named to the server: that offers it again
    /// when it had not committed the start, else it says lost.
    /// </summary>
    GiveUp,
}

/// <summary>What is found on this machine about an attempt that had a supervisor.</summary>
/// <param name="ResultSpooled">A result is in the spool.</param>
/// <param name="OfferKept">What it was offered can be read, so that its executor can run again.</param>
/// <param name="Runs">For each program it started, in order.</param>
internal sealed record RecoveryFindings(bool ResultSpooled, bool OfferKept, IReadOnlyList<RunFinding> Runs);

/// <summary>One program of an attempt: does its supervisor live, is its end on disk?</summary>
internal readonly record struct RunFinding(bool SupervisorLives, bool EndKept);

/// <summary>Decides what a restarted daemon does about an attempt. Pure.</summary>
internal static class Recovery
{
    public static RecoveryStep DecideStep(JournalEntry entry, RecoveryFindings found)
    {
        if (found.ResultSpooled) return RecoveryStep.Report;
        // A run whose record of its spawn was lost with the power may still have left its end.
        var began = Math.Max(entry.Spawns.Count, found.Runs.Count(run => run.SupervisorLives || run.EndKept));
        if (began == 0 || !found.OfferKept || entry.Spawns.Any(spawn => !spawn.Supervised)) return RecoveryStep.GiveUp;
        return Enumerable.Range(0, began).All(run => run < found.Runs.Count && (found.Runs[run].SupervisorLives || found.Runs[run].EndKept))
            ? RecoveryStep.Reattach : RecoveryStep.GiveUp;
    }
}
