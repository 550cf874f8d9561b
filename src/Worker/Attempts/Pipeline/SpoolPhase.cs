using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Audit;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>A result on its way. <paramref name="LargeHeap"/>: the attempt has left much garbage, which is given back.</summary>
internal sealed record SpooledResult(string AttemptId, AttemptResult Result, bool LargeHeap);

/// <summary>
/// Phase 6: the result is on disk before it is sent for the first time. From here on the attempt runs no more and has no slot.
/// </summary>
internal sealed class SpoolPhase(AttemptFiles files, AuditLog audit, LargePayloads payloads, PipelineContext context)
{
    public SpooledResult SaveResult(HeldAttempt held, AttemptResult result)
    {
        var id = held.Offer.AttemptId;
        audit.RecordEnd(held.Offer, result);
        // When the disk is full the attempt's files stay until the server has answered: the next daemon makes the result from its run log.
        if (files.Spool.TrySave(id, result)) files.CloseAttempt(id);
        held.Stop.Dispose();
        context.Attempts.MarkReporting(id);
        // Only in a daemon of its own: inside a server's process the heap is not ours to collect.
        var large = files.Supervisors is not null && MemoryTrimmer.IsDue(held.PayloadLength, result);
        held.DropPayload();
        // Before the next one is fetched.
        if (large) MemoryTrimmer.CollectGarbage();
        payloads.ReleaseRoom(id);
        return new(id, result, large);
    }

    /// <summary>Another attempt has taken its place: nothing is reported.</summary>
    public void CloseSuperseded(HeldAttempt held)
    {
        audit.RecordEnd(held.Offer, null);
        files.CloseAttempt(held.Offer.AttemptId);
        held.Stop.Dispose();
    }
}
