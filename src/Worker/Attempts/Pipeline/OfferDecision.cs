using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>What the policy said of an offer, and which policy it was.</summary>
internal sealed record JudgedOffer(OwnerPolicy Policy, ExplainedVerdict Verdict);

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
