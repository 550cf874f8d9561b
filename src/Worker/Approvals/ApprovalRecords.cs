using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Audit;

namespace OpenClaw.Worker.Approvals;

/// <summary>What is kept about approvals, in files and in memory.</summary>
internal sealed record ApprovalRecords(
    WaitingOffers Offers, TemporaryApprovals TemporaryApprovals, PendingApprovals Pending, AuditLog Audit, SkippedOffers Left)
{
    /// <summary>
    /// The owner's answer to one attempt, on the disk before anybody acts on it: a restart does not forget a yes before the start, nor a no
    /// before the server has it. False: it was decided already. Throws IOException or UnauthorizedAccessException when a yes can't be kept.
    /// </summary>
    public bool SaveDecision(PendingApproval pending, bool yes) => pending.TryDecide(new OwnerAnswer(yes, DecidedBy.Owner), () =>
    {
        if (yes)
            Offers.Save(WaitingOffer.FromPending(pending) with { ApprovedDigest = pending.Digest, Denied = false });
        else
            SaveDenial(pending);
    });

    /// <summary>A no counts also where the disk takes nothing.</summary>
    private void SaveDenial(PendingApproval pending)
    {
        try
        {
            Offers.Save(WaitingOffer.FromPending(pending) with { ApprovedDigest = null, Denied = true });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A yes that is taken back must not be found by the next daemon. It asks nobody then; the server's clock ends the wait.
            if (pending.Answer is { Yes: true }) Offers.Remove(pending.Offer.AttemptId);
        }
    }
}
