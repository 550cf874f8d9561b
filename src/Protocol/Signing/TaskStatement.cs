using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Signing;

/// <summary>
/// What a client says when it signs a task: this work, there, so often, until then. The worker runs what stands here and nothing else.
/// </summary>
public sealed record TaskStatement
{
    /// <summary>Characters of an id, at least and at most.</summary>
    public const int ShortestId = 16;
    /// <inheritdoc cref="ShortestId"/>
    public const int LongestId = 128;
    /// <summary>The tenant where none is named.</summary>
    public const string DefaultTenant = "default";

    private const long LatestTime = 253_402_300_799_999;

    private static readonly SearchValues<char> IdLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:");

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Chosen by the client, never twice: a worker runs one task of each id. 16 to 128 of a-z, A-Z, 0-9, <c>-_.:</c></summary>
    public required string Id { get; init; }
    /// <summary>Tenant it is for; <c>default</c> when absent.</summary>
    public string? Tenant { get; init; }
    /// <summary>The one PC that may run it.</summary>
    public string? Worker { get; init; }
    /// <summary>Labels that the PC must have, all of them. With neither, any PC that trusts the key may run it.</summary>
    public string[]? Labels { get; init; }
    /// <summary>Kind of task.</summary>
    public required string Kind { get; init; }
    /// <summary>Payload of that kind.</summary>
    [JsonConverter(typeof(RawElementConverter))] public required JsonElement Payload { get; init; }
    /// <summary>How long one attempt may run, ms.</summary>
    public required long Timeout { get; init; }
    /// <summary>How many attempts there may be; 1 when absent.</summary>
    public int? MaxAttempts { get; init; }
    /// <summary>Not before this time, ms since 1970.</summary>
    public long? NotBefore { get; init; }
    /// <summary>Never after this time, ms since 1970: no attempt begins later.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>The statement in signed bytes, strictly read; null with errors. Throws nothing. Pure.</summary>
    public static TaskStatement? Parse(ReadOnlyMemory<byte> body, FieldErrors errors)
    {
        try
        {
            // First as a document: it finds doubled fields inside the payload as well.
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.Deserialize(ProtocolJson.Default.TaskStatement) is not { } statement)
            {
                errors.Add("payload", "must be a JSON object");
                return null;
            }
            statement.Validate(errors.Within("payload"));
            return errors.Any ? null : statement;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            errors.Add("payload", $"is not the JSON of a statement{(error is JsonException { Path: { } path } ? $" at {path}" : "")}");
            return null;
        }
    }

    private void Validate(FieldErrors errors)
    {
        if (Id.Length is < ShortestId or > LongestId || Id.AsSpan().ContainsAnyExcept(IdLetters))
            errors.Add("id", $"must be {ShortestId} to {LongestId} of a-z, A-Z, 0-9 and -_.:");
        errors.RequireName("tenant", Tenant);
        errors.RequireName("worker", Worker);
        errors.RequireName("kind", Kind);
        if (Labels is { } labels && (labels.Length > Limits.Labels || !Array.TrueForAll(labels, IsLabel)))
            errors.Add("labels", $"must be at most {Limits.Labels} labels");
        if (Payload.ValueKind != JsonValueKind.Object) errors.Add("payload", "must be an object");
        errors.RequireRange("timeout", Timeout, 1, Limits.Timeout);
        errors.RequireRange("maxAttempts", MaxAttempts, 1, Limits.MaxAttempts);
        errors.RequireRange("expiresAt", ExpiresAt, 1, LatestTime);
        errors.RequireRange("notBefore", NotBefore, 0, ExpiresAt);
    }

    private static bool IsLabel(string? label) => label is not null && Names.IsRequirable(label);
}
