using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Approvals;

/// <summary>
/// What a yes is about that came through the gateway: the attempt, the digest of what would run, and the rule that asks about it.
/// </summary>
internal readonly record struct AskedWork(Guid Task, int Attempt, string Digest, string Rule)
{
    /// <summary>Null: the server's id of the task is none of ours.</summary>
    public static AskedWork? FromPending(PendingApproval pending) => Guid.TryParse(pending.Offer.TaskId, out var task)
        ? new AskedWork(task, pending.Offer.Attempt, pending.Digest, pending.Rule) : null;
}

/// <summary>What was found about a yes that came through the gateway.</summary>
/// <param name="Key">Whose signature it has; null: nobody's that is trusted.</param>
/// <param name="Until">Its rule asks no more until then; null: it is for this attempt alone.</param>
/// <param name="Objection">Why it does not count as signed; null: it does.</param>
internal sealed record RemoteYes(TrustedKey? Key, DateTimeOffset? Until, Verdict? Objection);

/// <summary>
/// Judges a signed yes: by a trusted key, about exactly this, in its time. What the gateway says beside it counts for nothing.
/// </summary>
internal sealed class RemoteYesJudge(TrustJudge trust, TimeProvider clock)
{
    public RemoteYes JudgeYes(JsonElement? envelope, AskedWork? asked)
    {
        if (envelope is not { ValueKind: not JsonValueKind.Null } element)
            return Refuse(SignatureReasons.Missing, "this PC takes a signed yes only, and this one has no signature");
        var errors = new FieldErrors();
        if (ReadEnvelope(element)?.Decode(errors) is not { } signed)
            return Refuse(SignatureReasons.Malformed, $"what should be its signature is none{TrustJudge.Explain(errors)}");
        var (key, objection) = trust.FindSigner(signed);
        if (key is null) return new RemoteYes(null, null, objection);
        if (ApprovalStatement.Parse(signed.Body, errors) is not { } statement)
            return Refuse(SignatureReasons.Malformed, $"what was signed is no approval{TrustJudge.Explain(errors)}");
        var now = clock.GetUtcNow();
        return FindObjection(statement, key, asked, now) is { } against
            ? new RemoteYes(null, null, against)
            : new RemoteYes(key, FindEnd(statement, now), null);
    }

    /// <summary>
    /// Until when a yes spares its rule: counted from when it was signed, or from now where it does not say that, and never after the
    /// statement's own end, so that nothing is won by holding it back. A signer's clock that is ahead wins nothing either. Null: it is
    /// for this attempt alone; also where it does not say which rule it is for, as one of before did. Pure.
    /// </summary>
    public static DateTimeOffset? FindEnd(ApprovalStatement statement, DateTimeOffset now)
    {
        if (statement is not { For: { } time, Rule: not null }) return null;
        var begin = statement.SignedAt is { } signed && signed < now.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(signed) : now;
        var (end, last) = (begin.AddMilliseconds(time), DateTimeOffset.FromUnixTimeMilliseconds(statement.ExpiresAt));
        return end < last ? end : last;
    }

    /// <summary>What a proven statement says against this yes. Pure.</summary>
    public static Verdict? FindObjection(ApprovalStatement statement, TrustedKey key, AskedWork? asked, DateTimeOffset now)
    {
        if ((statement.Tenant ?? TaskStatement.DefaultTenant) != key.Tenant)
            return Verdict.Rejected(
                SignatureReasons.OtherTenant, $"it was signed for another tenant than the key {key.Title} is trusted for");
        if (asked is not { } work || statement.Task != work.Task || statement.Attempt != work.Attempt || statement.Digest != work.Digest)
            return Verdict.Rejected(
                SignatureReasons.Differs, "it was signed for another attempt, or for something else than what would run");
        if (statement.Rule is { } rule && rule != work.Rule)
            return Verdict.Rejected(SignatureReasons.Differs, "it was signed to spare another rule than the one that asks");
        if (statement.Decision != "approve") return Verdict.Rejected(SignatureReasons.Differs, "what was signed is a no");
        if (statement.SignedAt is { } at && DateTimeOffset.FromUnixTimeMilliseconds(at) is var signed
            && signed - SignatureRules.ClockTolerance > now)
            return Verdict.Rejected(
                SignatureReasons.NotYet,
                $"it says that it was signed at {TrustedKeys.FormatTime(signed)}; this PC's clock shows {TrustedKeys.FormatTime(now)}");
        var expires = DateTimeOffset.FromUnixTimeMilliseconds(statement.ExpiresAt);
        if (expires + SignatureRules.ClockTolerance <= now)
            return Verdict.Rejected(SignatureReasons.Expired, $"what was signed was good until {TrustedKeys.FormatTime(expires)}");
        return expires - now > TimeSpan.FromMilliseconds(Limits.SignedFor)
            ? Verdict.Rejected(
                SignatureReasons.TooLong, $"it was signed until {TrustedKeys.FormatTime(expires)}, which is too far from now")
            : null;
    }

    private static SignedApproval? ReadEnvelope(JsonElement element)
    {
        try
        {
            return element.Deserialize(ProtocolJson.Default.SignedApproval);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static RemoteYes Refuse(string reason, string sentence) => new(null, null, Verdict.Rejected(reason, sentence));
}
