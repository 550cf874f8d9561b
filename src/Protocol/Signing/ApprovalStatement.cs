using System.Text.Json;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Signing;

/// <summary>
/// What a person says who signs a yes or a no from elsewhere: to this attempt of this task, and to exactly what would run there. It can't
/// be used for anything else, nor later.
/// </summary>
public sealed record ApprovalStatement
{
    /// <summary>Longest time that a yes may stand for the same rule and kind, ms.</summary>
    public const long LongestFor = 3_600_000;

    private const int LongestRule = 200;

    private const long LatestTime = 253_402_300_799_999;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>The task.</summary>
    public required Guid Task { get; init; }
    /// <summary>The attempt that would start.</summary>
    public required int Attempt { get; init; }
    /// <summary>SHA-256 of what would run, as the worker reckons it; the worker's name is in it.</summary>
    public required string Digest { get; init; }
    /// <summary><c>approve</c> or <c>reject</c>.</summary>
    public required string Decision { get; init; }
    /// <summary>
    /// Of a yes: <see cref="Rule"/> asks about tasks of the same kind no more for so long, ms, from <see cref="SignedAt"/> on and never
    /// after <see cref="ExpiresAt"/>; where the PC's policy allows a yes for a while. Absent: this attempt alone.
    /// </summary>
    public long? For { get; init; }
    /// <summary>The rule of the owner's that <see cref="For"/> is about, as it was shown.</summary>
    public string? Rule { get; init; }
    /// <summary>
    /// When it was signed, ms since 1970: <see cref="For"/> is counted from here. Absent, as before there was this field: from when the PC
    /// has it.
    /// </summary>
    public long? SignedAt { get; init; }
    /// <summary>Never after this time, ms since 1970.</summary>
    public required long ExpiresAt { get; init; }
    /// <summary>Tenant of the task; <c>default</c> when absent.</summary>
    public string? Tenant { get; init; }

    /// <summary>The statement in signed bytes, strictly read; null with errors. Throws nothing. Pure.</summary>
    public static ApprovalStatement? Parse(ReadOnlyMemory<byte> body, FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.Deserialize(ProtocolJson.Default.ApprovalStatement) is not { } statement)
            {
                errors.Add("payload", "must be a JSON object");
                return null;
            }
            statement.Validate(errors.Within("payload"));
            return errors.Any ? null : statement;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            errors.Add("payload", $"is not the JSON of an approval{(error is JsonException { Path: { } path } ? $" at {path}" : "")}");
            return null;
        }
    }

    private void Validate(FieldErrors errors)
    {
        errors.RequireRange("attempt", Attempt, 1, int.MaxValue);
        Sha256Hex.CheckLowerCase(errors, "digest", Digest);
        if (Decision is not ("approve" or "reject")) errors.Add("decision", "must be approve or reject");
        if (For is not null && Decision != "approve") errors.Add("for", "goes with approve alone");
        errors.RequireRange("for", For, 1000, LongestFor);
        if (Rule is not null && For is null) errors.Add("rule", "goes with for alone");
        errors.RequirePrintable("rule", Rule, LongestRule);
        errors.RequireRange("expiresAt", ExpiresAt, 1, LatestTime);
        errors.RequireRange("signedAt", SignedAt, 1, ExpiresAt);
        errors.RequireName("tenant", Tenant);
    }
}

/// <summary>An <see cref="ApprovalStatement"/> as a person signed it. Whether it counts is for the worker to say.</summary>
public sealed record SignedApproval : SignedEnvelope
{
    /// <summary>The one type there is of it.</summary>
    public const string StatementType = "application/vnd.openclaw.approval+json";

    /// <summary>Bytes of a statement at most.</summary>
    public const int MostBytes = 2048;

    /// <summary>Signs a statement.</summary>
    public static SignedApproval Sign(ApprovalStatement statement, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var body = JsonSerializer.SerializeToUtf8Bytes(statement, ProtocolJson.Default.ApprovalStatement);
        return new SignedApproval
        {
            PayloadType = StatementType, Payload = Convert.ToBase64String(body), Signatures = [key.Sign(StatementType, body)],
        };
    }

    /// <summary>What is in it, nothing of which is proved yet; null with errors when its form is wrong. Pure.</summary>
    public SignedBytes? Decode(FieldErrors errors) => DecodeType(StatementType, MostBytes, errors);
}
