using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Attempts.Results;
using OpenClaw.Worker.Processes.Supervision;

namespace OpenClaw.Worker.Attempts;

/// <summary>The daemon's files about attempts.</summary>
internal sealed record AttemptFiles(AttemptJournal Journal, ResultSpool Spool, Supervisors? Supervisors)
{
    /// <summary>
    /// Throws IOException or UnauthorizedAccessException when an attempt can't be made safe against our death: then it must not start.
    /// </summary>
    /// <param name="offer">What the server offered.</param>
    /// <param name="startsPrograms">What starts no program is never resumed, so a later daemon needs no copy of its offer.</param>
    public void BeginAttempt(Offer offer, bool startsPrograms)
    {
        if (startsPrograms) Supervisors?.Folders.WriteOffer(offer);
        Journal.RecordOffer(offer);
    }

    /// <summary>Nothing of it is needed any more but its result.</summary>
    public void CloseAttempt(string attemptId)
    {
        Supervisors?.Folders.Remove(attemptId);
        Journal.RecordEnd(attemptId);
    }
}
