using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>
/// Phase 3: writes down that the start is about to be asked for, so that the next daemon knows of the attempt if this one dies.
/// </summary>
internal sealed class JournalPhase(AttemptFiles files, ExecutorCatalog executors, PipelineContext context)
{
    private string? programNotice;

    /// <summary>
    /// On disk when it returns. False: it must not be started, and no work is asked for during some seconds; it is left to whoever gets it
    /// next, for nothing of it has begun.
    /// </summary>
    public bool TryBegin(Offer offer) => MayStartPrograms(offer) && TryWrite(offer);

    /// <summary>The server does not let it start.</summary>
    public void Close(Offer offer) => files.CloseAttempt(offer.AttemptId);

    /// <summary>False where a supervisor can't be started, because the worker's own file was moved or replaced.</summary>
    private bool MayStartPrograms(Offer offer)
    {
        if (!executors.StartsPrograms(offer.Kind) || files.Supervisors?.Program is not { } program) return true;
        var notice = program.DescribeChange(WorkerDaemon.Version);
        if (Interlocked.Exchange(ref programNotice, notice) != notice && notice is not null) context.Log.ProgramChanged(notice);
        if (program.ExplainBlocked() is not { } blocked) return true;
        context.PauseWork(blocked);
        return false;
    }

    private bool TryWrite(Offer offer)
    {
        try
        {
            files.BeginAttempt(offer, executors.StartsPrograms(offer.Kind));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            context.Log.NoJournal(offer.AttemptId, error);
            files.CloseAttempt(offer.AttemptId);
            context.PauseWork($"the home folder can't be written: {error.Message}");
            return false;
        }
    }
}
