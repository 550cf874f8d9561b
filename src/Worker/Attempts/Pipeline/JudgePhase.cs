using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>Phase 1: what the owner's policy says of an offer. The verdict goes on with the attempt.</summary>
internal sealed class JudgePhase(PolicyGate gate, TimeProvider clock)
{
    /// <summary>By the policy file as it is now.</summary>
    public async Task<JudgedOffer> JudgeOffer(Offer offer, CancellationToken cancellation = default)
    {
        var at = ClockReading.ReadNow(clock);
        var (policy, _, verdict) = await gate.JudgeOffer(offer, cancellation);
        return new(policy, verdict, at);
    }

    /// <summary>
    /// The verdict that counts when the attempt is about to be executed. The policy may have changed since the offer was judged, and what
    /// it looks at (where a link leads, which file a name means) too: while the owner was asked, or the server, or the machine slept. So it
    /// is judged again where there was a yes of the owner's, where another policy is in force, and where the verdict is older than a yes to
    /// the start may be. Programs are judged once more, each directly before it starts, by <see cref="ProcessSandbox"/>.
    /// </summary>
    public Task<JudgedOffer> RefreshVerdict(HeldAttempt held, JudgedOffer judged)
    {
        var counts = held.Approval is null && gate.Policy.Digest == judged.Policy.Digest
            && judged.At.IsWithin(AttemptTiming.StartLasts, clock);
        return counts ? Task.FromResult(judged) : JudgeOffer(held.Offer, held.Stop.Token);
    }
}
