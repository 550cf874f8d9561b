using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>
/// Phase 2: what becomes of a judged offer, by its verdict, the owner's yes where the policy wants one, and the time of day.
/// </summary>
internal sealed class ApprovePhase(JudgePhase judge, ApprovalCoordinator approvals, StartHolds holds, AuditLog audit, WorkerLog log)
{
    /// <summary>
    /// Waits for the owner where that is needed, for days perhaps. <paramref name="kept"/>: it waited for a daemon before this one.
    /// </summary>
    public async Task<OfferDecision> DecideStart(HeldAttempt held, JudgedOffer judged, WaitingOffer? kept)
    {
        var (offer, verdict) = (held.Offer, judged.Verdict);
        held.Binding = kept?.Binding ?? WorkBinding.None;
        var (yes, state) = GetApprovalState(offer, verdict, kept);
        var hold = holds.OnOffers;
        var decision = StartRules.Decide(verdict.Permission.Kind, state, hold, judged.Policy.Digest.Length > 0);
        if (decision == StartDecision.AskOwner && kept is null && !approvals.TryPark(offer)) return OfferDecision.Left.Instance;
        audit.RecordVerdict(offer, approvals.ComputeDigest(offer), FormatKind(verdict.Verdict.Kind), verdict.Verdict.Rule);
        if (kept is not null)
            return hold == StartHold.Draining ? OfferDecision.Left.Instance
                : await WaitForYes(held, judged, FindKnownAnswer(decision, yes, kept.Denied), kept.Since);
        switch (decision)
        {
            case StartDecision.AskOwner:
                return await WaitForYes(held, judged, null, null);
            case StartDecision.Later:
                var quiet = verdict.Verdict.Kind == VerdictKind.Later;
                log.NotStarted(offer.AttemptId, quiet ? verdict.Verdict.Sentence : "this PC takes no work now");
                return OfferDecision.Left.Instance;
            case StartDecision.Reject:
                return new OfferDecision.Rejected(judged.Policy, verdict.Permission);
            default:
                if (yes is not null) approvals.ApplyTemporaryYes(held, yes);
                return OfferDecision.Cleared.Instance;
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
            var judged = await judge.JudgeOffer(offer);
            var (_, state) = GetApprovalState(offer, judged.Verdict, null);
            var decision =
                StartRules.Decide(judged.Verdict.Permission.Kind, state, holds.OnOffers, judged.Policy.Digest.Length > 0);
            if (decision != StartDecision.AskOwner || !approvals.LeaveWhenFull(offer)) rest.Add(offer);
        }
        return rest;
    }

    private async Task<OfferDecision> WaitForYes(HeldAttempt held, JudgedOffer judged, OwnerAnswer? known, DateTimeOffset? since) =>
        await approvals.WaitForYes(held, judged.Verdict, known, since)
            ? OfferDecision.Cleared.Instance : OfferDecision.Left.Instance;

    private (GrantedApproval? Yes, ApprovalState State) GetApprovalState(Offer offer, ExplainedVerdict judged, WaitingOffer? kept)
    {
        var yes = kept?.ApprovedDigest == approvals.ComputeDigest(offer, kept?.Binding) ? GrantedApproval.ForAttempt
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

/// <summary>
/// What policy and owner make of an attempt: the result of the phases before the journal, handed on to the one that executes.
/// </summary>
internal abstract record OfferDecision
{
    private OfferDecision()
    {
    }

    /// <summary>It may run, if the policy still says so right before it is executed.</summary>
    internal sealed record Cleared : OfferDecision
    {
        public static Cleared Instance { get; } = new();
    }

    /// <summary>
    /// It never runs here. It is started at the server all the same, because only a started attempt has a result in which the rejection can
    /// be reported. Final: no later verdict lets it run.
    /// </summary>
    internal sealed record Rejected(OwnerPolicy Policy, Verdict Verdict) : OfferDecision;

    /// <summary>It is not begun by this daemon, and the server has been told where that is needed.</summary>
    internal sealed record Left : OfferDecision
    {
        public static Left Instance { get; } = new();
    }

    /// <summary>A daemon before this one let it run: its programs are followed, not started.</summary>
    internal sealed record Recovered : OfferDecision
    {
        public static Recovered Instance { get; } = new();
    }
}
