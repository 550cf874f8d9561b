using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Signing;

/// <summary>Whether bytes were signed by a key that the owner trusts. Nothing in them is read before that is known.</summary>
internal sealed class TrustJudge(TrustedKeys keys, TimeProvider clock)
{
    /// <summary>The key; or why it does not count.</summary>
    public (TrustedKey? Key, Verdict? Objection) FindSigner(SignedBytes signed)
    {
        var now = clock.GetUtcNow();
        var (trusted, broken) = keys.Load();
        if (broken.Count > 0) return Reject(SignatureReasons.Keys, $"no key is trusted while the file has errors: {broken[0]}");
        if (trusted.FirstOrDefault(one => one.Key.Id == signed.KeyId) is not { } key)
            return Reject(SignatureReasons.UnknownKey,
                $"it is signed by the key {signed.KeyId[..12]}, which this PC does not trust: openclaw-worker keys add, if it should");
        if (key.ExpiresAt <= now)
            return Reject(SignatureReasons.ExpiredKey,
                $"the key {key.Title} that signed it was trusted until {TrustedKeys.FormatTime(key.ExpiresAt)}: "
                    + $"openclaw-worker keys add FILE --name {key.Name}, if it is to be trusted on, or sign with another");
        return key.Key.Verifies(signed)
            ? (key, null)
            : Reject(SignatureReasons.Invalid, $"the signature is not the key's, {key.Title}: what came is not what was signed");
    }

    /// <summary>The first of the errors, to go behind a sentence; nothing where there are none.</summary>
    public static string Explain(FieldErrors errors) => errors.ToArray() is [var first, ..] ? $": {first.Field} {first.Message}" : "";

    private static (TrustedKey?, Verdict?) Reject(string reason, string sentence) => (null, Verdict.Rejected(reason, sentence));
}
