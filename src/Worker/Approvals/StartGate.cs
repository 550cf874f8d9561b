using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Approvals;

/// <summary>
/// What stands between an offer and the question to start it: the owner's policy, and his yes where the policy wants one.
/// </summary>
internal sealed class StartGate(
    Func<Offer, Task<(OwnerPolicy Policy, ExplainedVerdict Judgement)>> judge, ApprovalCoordinator approvals, StartHolds holds,
    AuditLog audit, WorkerLog log)
{
    /// <summary>
    /// True: the start may be asked for. Also for what the policy rejects: the server counts it as started, only so that the rejection can
    /// be reported, and nothing is spawned. False: it is dropped here, and the server has been told where that is needed.
    /// <paramref name="kept"/>: it waited when a daemon before this one ended.
    /// </summary>
    public async Task<bool> AllowsOffer(HeldAttempt held, WaitingOffer? kept)
    {
        var offer = held.Offer;
        var (policy, judged) = await judge(offer);
        var (yes, state) = GetApprovalState(offer, judged, kept);
        var hold = holds.OnOffers;
        var decision = StartRules.Decide(judged.Permission.Kind, state, hold, policy.Digest.Length > 0);
        if (decision == StartDecision.AskOwner && kept is null && !approvals.TryPark(offer)) return false;
        audit.RecordVerdict(offer, approvals.ComputeDigest(offer), FormatKind(judged.Verdict.Kind), judged.Verdict.Rule);
        if (kept is not null)
            return hold != StartHold.Draining
                && await approvals.WaitForYes(held, judged, FindKnownAnswer(decision, yes, kept.Denied), kept.Since);
        switch (decision)
        {
            case StartDecision.AskOwner:
                return await approvals.WaitForYes(held, judged, null, null);
            case StartDecision.Later:
                var quiet = judged.Verdict.Kind == VerdictKind.Later;
                log.NotStarted(offer.AttemptId, quiet ? judged.Verdict.Sentence : "this PC takes no work now");
                return false;
            case StartDecision.Start when yes is not null:
                approvals.ApplyTemporaryYes(held, yes);
                return true;
            default:
                return true;
        }
    }

    /// <summary>
    /// Of offers without a slot, those to accept. The rest need an approval, too many wait for one, and they stay behind.
    /// </summary>
    public async Task<IReadOnlyList<Offer>> FilterOffers(IReadOnlyList<Offer> offers)
    {
        var rest = new List<Offer>();
        foreach (var offer in offers)
        {
            var (policy, judged) = await judge(offer);
            var (_, state) = GetApprovalState(offer, judged, null);
            var decision = StartRules.Decide(judged.Permission.Kind, state, holds.OnOffers, policy.Digest.Length > 0);
            if (decision != StartDecision.AskOwner || !approvals.LeaveWhenFull(offer)) rest.Add(offer);
        }
        return rest;
    }

    /// <summary>The start was asked for and answered.</summary>
    public void RecordAnswer(Offer offer, bool started)
    {
        approvals.ForgetOffer(offer.AttemptId);
        if (started) audit.RecordStart(offer, approvals.ComputeDigest(offer));
    }

    public void RecordEnd(Offer offer, AttemptResult? result) => audit.RecordEnd(offer, result);

    private (GrantedApproval? Yes, ApprovalState State) GetApprovalState(Offer offer, ExplainedVerdict judged, WaitingOffer? kept)
    {
        var yes = kept?.ApprovedDigest == approvals.ComputeDigest(offer) ? GrantedApproval.ForAttempt
            : approvals.FindTemporaryYes(judged, offer.Kind);
        return (yes, kept is { Denied: true } ? ApprovalState.Denied
            : yes is not null ? ApprovalState.Approved : kept is not null ? ApprovalState.Waiting : ApprovalState.NotAsked);
    }

    /// <summary>What is known about one that waited, without asking; null: the owner has to be asked, as before.</summary>
    private static OwnerAnswer? FindKnownAnswer(StartDecision decision, GrantedApproval? yes, bool denied) => decision switch
    {
        StartDecision.AskOwner => null,
        StartDecision.Reject => new OwnerAnswer(false, denied ? DecidedBy.Owner : DecidedBy.Policy),
        _ => new OwnerAnswer(true, yes is null ? DecidedBy.Policy : yes.Rules is null ? DecidedBy.Owner : DecidedBy.Rule),
    };

    private static string FormatKind(VerdictKind kind) => kind switch
    {
        VerdictKind.Allowed => "allowed",
        VerdictKind.Later => "later",
        VerdictKind.NeedsApproval => "needs-approval",
        VerdictKind.Rejected => "rejected",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a verdict"),
    };
}
