using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>What the policy said of an offer, and which policy it was.</summary>
internal sealed record JudgedOffer(OwnerPolicy Policy, ExplainedVerdict Verdict);

/// <summary>Phase 1: what the owner's policy says of an offer. The verdict goes on with the attempt.</summary>
internal sealed class JudgePhase(PolicyGate gate)
{
    /// <summary>By the policy file as it is now.</summary>
    public async Task<JudgedOffer> JudgeOffer(Offer offer, CancellationToken cancellation = default)
    {
        var (policy, _, verdict) = await gate.JudgeOffer(offer, cancellation);
        return new(policy, verdict);
    }

    /// <summary>
    /// The verdict that counts when the attempt is about to be executed. The policy file may have changed since the offer was judged, and
    /// what it looks at (where a link leads, which file a name means) too: while the owner was asked, or the server, or the machine slept.
    /// So the file and the paths are read once more. Programs are judged again, each directly before it starts, by
    /// <see cref="ProcessSandbox"/>.
    /// </summary>
    public Task<JudgedOffer> JudgeAgain(HeldAttempt held) => JudgeOffer(held.Offer, held.Stop.Token);
}
