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
internal sealed class SignatureJudge(TrustedKeys keys, SignedTarget target, TimeProvider clock)
{
    /// <summary>Null: the policy does not look at signatures.</summary>
    public SignatureFinding? JudgeOffer(Offer offer, OwnerPolicy policy)
    {
        if (policy.Signatures == SignatureMode.Off) return null;
        var now = clock.GetUtcNow();
        var (proven, key, objection) = ProveStatement(offer, now);
        if (proven is not null)
            objection = SignatureRules.FindObjection(
                proven.Statement, key!, offer, target, now, policy.Limits.Timeout is not null);
        return new SignatureFinding(policy.Signatures, objection, proven);
    }

    private (ProvenStatement? Proven, TrustedKey? Key, Verdict? Objection) ProveStatement(Offer offer, DateTimeOffset now)
    {
        if (offer.Signed is not { } element)
            return Reject(SignatureReasons.Missing, "this PC runs signed tasks only, and this one has no signature");
        var errors = new FieldErrors();
        if (ReadEnvelope(element)?.Decode(errors) is not { } signed)
            return Reject(SignatureReasons.Malformed, $"what should be its signature is none{Explain(errors)}");
        var (trusted, broken) = keys.Load();
        if (broken.Count > 0) return Reject(SignatureReasons.Keys, $"no key is trusted while the file has errors: {broken[0]}");
        if (trusted.FirstOrDefault(one => one.Key.Id == signed.KeyId) is not { } key)
            return Reject(SignatureReasons.UnknownKey,
                $"it is signed by the key {signed.KeyId[..12]}, which this PC does not trust: openclaw-worker keys add, if it should");
        if (key.ExpiresAt <= now)
            return Reject(SignatureReasons.ExpiredKey,
                $"the key {key.Title} that signed it was trusted until {TrustedKeys.FormatTime(key.ExpiresAt)}: "
                    + $"openclaw-worker keys add FILE --name {key.Name}, if it is to be trusted on, or sign with another");
        if (!key.Key.Verifies(signed))
            return Reject(SignatureReasons.Invalid, $"the signature is not the key's, {key.Title}: what came is not what was signed");
        return TaskStatement.Parse(signed.Body, errors) is { } statement
            ? (new ProvenStatement(key.Key.Id, statement), key, null)
            : Reject(SignatureReasons.Malformed, $"what was signed is no statement{Explain(errors)}");
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

    private static string Explain(FieldErrors errors) => errors.ToArray() is [var first, ..] ? $": {first.Field} {first.Message}" : "";

    private static (ProvenStatement?, TrustedKey?, Verdict?) Reject(string reason, string sentence) =>
        (null, null, Verdict.Rejected(reason, sentence));
}
