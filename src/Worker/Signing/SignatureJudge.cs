using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Signing;

/// <summary>
/// Looks at the signature of an offer: its form, the key, the signature over the exact bytes, and only then what stands in them. Whether it
/// ran before is for <see cref="SignedUses"/> to say.
/// </summary>
internal sealed class SignatureJudge(TrustJudge trust, SignedTarget target, TimeProvider clock)
{
    /// <summary>Null: the policy does not look at signatures.</summary>
    public SignatureFinding? JudgeOffer(Offer offer, OwnerPolicy policy)
    {
        if (policy.Signatures == SignatureMode.Off) return null;
        var now = clock.GetUtcNow();
        var (proven, key, objection) = ProveStatement(offer);
        if (proven is not null)
            objection = SignatureRules.FindObjection(
                proven.Statement, key!, offer, target, now, policy.Limits.Timeout is not null);
        return new SignatureFinding(policy.Signatures, objection, proven);
    }

    private (ProvenStatement? Proven, TrustedKey? Key, Verdict? Objection) ProveStatement(Offer offer)
    {
        if (offer.Signed is not { } element)
            return Reject(SignatureReasons.Missing, "this PC runs signed tasks only, and this one has no signature");
        var errors = new FieldErrors();
        if (ReadEnvelope(element)?.Decode(errors) is not { } signed)
            return Reject(SignatureReasons.Malformed, $"what should be its signature is none{TrustJudge.Explain(errors)}");
        var (key, objection) = trust.FindSigner(signed);
        if (key is null) return (null, null, objection);
        return TaskStatement.Parse(signed.Body, errors) is { } statement
            ? (new ProvenStatement(key.Key.Id, statement), key, null)
            : Reject(SignatureReasons.Malformed, $"what was signed is no statement{TrustJudge.Explain(errors)}");
    }

    private static SignedTask? ReadEnvelope(JsonElement element)
    {
        try
        {
            return element.Deserialize(ProtocolJson.Default.SignedTask);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static (ProvenStatement?, TrustedKey?, Verdict?) Reject(string reason, string sentence) =>
        (null, null, Verdict.Rejected(reason, sentence));
}
