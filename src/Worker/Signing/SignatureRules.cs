using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Signing;

/// <summary>The words by which a task is rejected for its signature. All begin alike, to be told from a rule of the policy.</summary>
internal static class SignatureReasons
{
    public const string Prefix = "signature-";
    public const string Missing = Prefix + "missing";
    public const string Malformed = Prefix + "malformed";
    public const string UnknownKey = Prefix + "unknown-key";
    public const string ExpiredKey = Prefix + "expired-key";
    public const string Keys = Prefix + "keys";
    public const string Invalid = Prefix + "invalid";
    public const string OtherTenant = Prefix + "other-tenant";
    public const string OtherWorker = Prefix + "other-worker";
    public const string NotYet = Prefix + "not-yet";
    public const string Expired = Prefix + "expired";
    public const string TooLong = Prefix + "too-long";
    public const string Differs = Prefix + "differs";
    public const string Attempts = Prefix + "attempts";
    public const string Replayed = Prefix + "replayed";
    public const string Store = Prefix + "store";

    /// <summary>True when a rejection is about a signature.</summary>
    public static bool IsAboutSignature(string? word) => word?.StartsWith(Prefix, StringComparison.Ordinal) is true;
}

/// <summary>This PC, as a statement may name it.</summary>
/// <param name="Worker">Its name.</param>
/// <param name="Labels">What it has, <c>os:</c> and <c>arch:</c> among them.</param>
internal sealed record SignedTarget(string Worker, IReadOnlyCollection<string> Labels);

/// <summary>What a proven statement says against the offer that came with it. Pure.</summary>
internal static class SignatureRules
{
    /// <summary>How far this PC's clock and the signer's may be apart.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <param name="statement">What was signed.</param>
    /// <param name="key">The key that signed it.</param>
    /// <param name="offer">What the server offers. Its time-out may be lower already, by the policy's own limit.</param>
    /// <param name="target">This PC.</param>
    /// <param name="now">The time by the PC's clock.</param>
    /// <param name="mayBeLowered">The policy has a limit for run times.</param>
    public static Verdict? FindObjection(
        TaskStatement statement, TrustedKey key, Offer offer, SignedTarget target, DateTimeOffset now, bool mayBeLowered) =>
        CheckTarget(statement, key, target) ?? CheckTime(statement, now) ?? CheckCopies(statement, offer, mayBeLowered);

    private static Verdict? CheckTarget(TaskStatement statement, TrustedKey key, SignedTarget target)
    {
        var tenant = statement.Tenant ?? TaskStatement.DefaultTenant;
        if (tenant != key.Tenant)
            return Verdict.Rejected(
                SignatureReasons.OtherTenant,
                $"it was signed for the tenant {tenant}, and the key {key.Title} is trusted for {key.Tenant}");
        if (statement.Worker is { } worker && worker != target.Worker)
            return Verdict.Rejected(SignatureReasons.OtherWorker, $"it was signed for the PC {worker}, and this one is {target.Worker}");
        return statement.Labels?.FirstOrDefault(label => !target.Labels.Contains(label)) is { } lacking
            ? Verdict.Rejected(SignatureReasons.OtherWorker, $"it was signed for PCs with the label {lacking}, which this one has not")
            : null;
    }

    private static Verdict? CheckTime(TaskStatement statement, DateTimeOffset now)
    {
        var (expires, clock) = (FromUnix(statement.ExpiresAt), $"this PC's clock shows {TrustedKeys.FormatTime(now)}");
        if (statement.NotBefore is { } begins && FromUnix(begins) - ClockTolerance > now)
            return Verdict.Rejected(
                SignatureReasons.NotYet, $"it was signed for {TrustedKeys.FormatTime(FromUnix(begins))} and later; {clock}");
        if (expires + ClockTolerance <= now)
            return Verdict.Rejected(
                SignatureReasons.Expired, $"what was signed was good until {TrustedKeys.FormatTime(expires)}; {clock}. Sign it anew");
        return expires - now > TimeSpan.FromMilliseconds(Limits.SignedFor)
            ? Verdict.Rejected(SignatureReasons.TooLong,
                $"it was signed until {TrustedKeys.FormatTime(expires)}, over {Limits.SignedFor / 86_400_000} days from now; {clock}")
            : null;
    }

    private static Verdict? CheckCopies(TaskStatement statement, Offer offer, bool mayBeLowered)
    {
        if (offer.Kind != statement.Kind) return RejectCopy("kind");
        if (offer.Timeout > statement.Timeout || (offer.Timeout < statement.Timeout && !mayBeLowered)) return RejectCopy("timeout");
        var most = statement.MaxAttempts ?? 1;
        if (offer.Attempt < 1 || offer.Attempt > most)
            return Verdict.Rejected(
                SignatureReasons.Attempts, $"this is attempt {offer.Attempt}, and {most} were signed");
        return HasSamePayload(statement, offer.Payload) ? null : RejectCopy("payload");
    }

    /// <summary>
    /// The server writes the payload anew after it has checked it, so the two are compared as both would be written by this program. What
    /// runs is what was signed.
    /// </summary>
    private static bool HasSamePayload(TaskStatement statement, JsonElement copy)
    {
        var errors = new FieldErrors();
        var (signed, _) = PayloadCatalog.ReadAndSeal(statement.Kind, statement.Payload, errors);
        var (sent, _) = PayloadCatalog.ReadAndSeal(statement.Kind, copy, errors);
        return signed is not null && sent is not null && signed.Json.AsSpan().SequenceEqual(sent.Json);
    }

    private static Verdict RejectCopy(string field) => Verdict.Rejected(
        SignatureReasons.Differs, $"{field} is not what was signed: something between the client and this PC has changed it");

    private static DateTimeOffset FromUnix(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
