using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>What the policy said of an offer, and which policy it was.</summary>
internal sealed record JudgedOffer(OwnerPolicy Policy, ExplainedVerdict Verdict)
{
    /// <summary>What was found about its signature; null: the policy does not look at it.</summary>
    public SignatureFinding? Signature { get; init; }
}

/// <summary>Phase 1: what the owner's policy says of an offer, its signature included. The verdict goes on with the attempt.</summary>
internal sealed class JudgePhase(PolicyGate gate, SignedUses uses, AuditLog audit, WorkerLog log)
{
    /// <summary>By the policy file as it is now. From here on the attempt carries what was signed, not the copy beside it.</summary>
    public async Task<JudgedOffer> JudgeHeld(HeldAttempt held)
    {
        var judged = await JudgeOffer(held.Offer);
        UseSignedPayload(held, judged);
        if (judged.Signature is { Mode: SignatureMode.Warn, Objection: { } objection })
        {
            audit.RecordSignature(held.Offer, objection.Rule);
            log.SignatureWarned(held.Offer.AttemptId, objection.Rule, objection.Sentence);
        }
        return judged;
    }

    /// <summary>The same for what is not held yet.</summary>
    public async Task<JudgedOffer> JudgeOffer(Offer offer, CancellationToken cancellation = default)
    {
        var (policy, request, verdict) = await gate.JudgeOffer(offer, cancellation);
        if (request.Signature is not { } signature) return new(policy, verdict);
        if (signature is { Objection: null, Proven: { } proven })
        {
            signature = signature.AddObjection(uses.FindObjection(proven, offer));
            if (signature.Rejection is { } replayed) verdict = new ExplainedVerdict(replayed, [replayed, .. verdict.Findings]);
        }
        return new(policy, verdict) { Signature = signature };
    }

    /// <summary>
    /// The verdict that counts when the attempt is about to be executed. The policy file may have changed since the offer was judged, and
    /// what it looks at (where a link leads, which file a name means) too: while the owner was asked, or the server, or the machine slept.
    /// So the file and the paths are read once more. Programs are judged again, each directly before it starts, by
    /// <see cref="ProcessSandbox"/>.
    /// </summary>
    public async Task<JudgedOffer> JudgeAgain(HeldAttempt held)
    {
        var judged = await JudgeOffer(held.Offer, held.Stop.Token);
        UseSignedPayload(held, judged);
        return judged;
    }

    /// <summary>Directly before it is executed: what was signed is used up, on disk. A rejection: it may not be used.</summary>
    public Verdict? MarkUsed(HeldAttempt held, JudgedOffer judged)
    {
        if (judged.Signature is not { Objection: null, Proven: { } proven } signature) return null;
        return signature.AddObjection(uses.MarkUsed(proven, held.Offer)).Rejection;
    }

    private static void UseSignedPayload(HeldAttempt held, JudgedOffer judged)
    {
        if (judged.Signature?.Payload is { } signed) held.SetPayload(signed);
    }
}
