using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Approvals;

/// <summary>What stands between an offer and the question to start it: the owner's policy, and his yes where the policy wants one.</summary>
internal sealed class StartGate(Func<Offer, Task<Verdict>> judge, ApprovalDesk approvals, AuditLog audit)
{
    /// <summary>The verdict on an offer, put on record.</summary>
    public async Task<Verdict> Judge(Offer offer)
    {
        var verdict = await judge(offer).ConfigureAwait(false);
        audit.Judged(offer, approvals.Digest(offer), Word(verdict.Kind), verdict.Rule);
        return verdict;
    }

    /// <summary>
    /// False: it must not start. An attempt that waited when the daemon was last here is decided by what the policy says today.
    /// </summary>
    public async Task<bool> Opens(HeldAttempt held, Verdict verdict, bool resumed) =>
        (verdict.Kind != VerdictKind.NeedsApproval && !resumed) || await approvals.Cleared(held, verdict, resumed).ConfigureAwait(false);

    /// <summary>The start was asked for and answered.</summary>
    public void Answered(Offer offer, bool started)
    {
        approvals.Settled(offer.AttemptId);
        if (started)
            audit.Started(offer, approvals.Digest(offer));
    }

    public void Ended(Offer offer, AttemptResult? result) => audit.Ended(offer, result);

    private static string Word(VerdictKind kind) => kind switch
    {
        VerdictKind.Allowed => "allowed",
        VerdictKind.Later => "later",
        VerdictKind.NeedsApproval => "needs-approval",
        VerdictKind.Rejected => "rejected",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a verdict"),
    };
}
