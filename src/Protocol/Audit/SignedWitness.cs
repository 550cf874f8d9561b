using System.Text.Json;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Protocol.Audit;

/// <summary>A head of a chain that a PC was told of.</summary>
/// <param name="Server">The id of the server's tasks, as the server said.</param>
/// <param name="Chain">The chain.</param>
/// <param name="Link">Its last link then.</param>
/// <param name="Hash">The hash of that one, in hex.</param>
/// <param name="At">When, by the PC's clock.</param>
public sealed record WitnessedHead(string Server, string Chain, long Link, string Hash, DateTimeOffset At);

/// <summary>What a PC was told of the ends of a server's chains, as <c>openclaw-worker audit heads</c> writes it.</summary>
public sealed record WitnessStatement
{
    /// <summary>Name of the worker.</summary>
    public required string Worker { get; init; }
    /// <summary>When this was written, by the PC's clock.</summary>
    public required DateTimeOffset At { get; init; }
    /// <summary>Where the PC's own audit log ended.</summary>
    public required AuditHead Log { get; init; }
    /// <summary>The public half of the worker's key, base64; missing: it has none, and nothing is signed.</summary>
    public string? PublicKey { get; init; }
    /// <summary>What it was told, in order of time.</summary>
    public required WitnessedHead[] Heads { get; init; }
}

/// <summary>A <see cref="WitnessStatement"/> in its envelope; without a signature when the worker has no key.</summary>
public sealed record SignedWitness : SignedEnvelope
{
    /// <summary>The one type there is of it.</summary>
    public const string StatementType = "application/vnd.openclaw.audit-heads+json";

    /// <summary>Bytes of a statement at most: a head a minute for some months.</summary>
    private const int MostBytes = 128 << 20;

    /// <summary>Writes a statement; null: nothing signs it.</summary>
    public static string Format(WitnessStatement statement, SigningKey? key)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            statement with { PublicKey = key?.PublicKey.ToBase64() }, ProtocolJson.Default.WitnessStatement);
        var envelope = new SignedWitness
        {
            PayloadType = StatementType,
            Payload = Convert.ToBase64String(body),
            Signatures = key is null ? [] : [key.Sign(StatementType, body)],
        };
        return JsonSerializer.Serialize(envelope, ProtocolJson.Default.SignedWitness);
    }

    /// <summary>
    /// Reads one: the statement and the id of the key that signed it, which the statement itself names, null for none; or what is wrong.
    /// </summary>
    public static (WitnessStatement? Statement, string? KeyId, string? Error) Parse(string text)
    {
        try
        {
            var envelope = JsonSerializer.Deserialize(text, ProtocolJson.Lenient.SignedWitness);
            if (envelope is not { PayloadType: StatementType, Payload: not null, Signatures: not null })
                return (null, null, "is no list of heads that a worker wrote");
            return envelope.Signatures.Length == 0 ? Read(Convert.FromBase64String(envelope.Payload), null) : envelope.ReadSigned();
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return (null, null, "is no list of heads that a worker wrote");
        }
    }

    private (WitnessStatement? Statement, string? KeyId, string? Error) ReadSigned()
    {
        var errors = new FieldErrors();
        if (DecodeType(StatementType, MostBytes, errors) is not { } signed) return (null, null, "has a signature that is none");
        var read = Read(signed.Body, signed.KeyId);
        if (read.Statement is not { } statement) return read;
        return VerifyingKey.FromText(statement.PublicKey ?? "") is { } key && key.Id == signed.KeyId && key.Verifies(signed)
            ? read : (null, null, "is not what the worker signed");
    }

    private static (WitnessStatement? Statement, string? KeyId, string? Error) Read(byte[] body, string? keyId) =>
        JsonSerializer.Deserialize(body, ProtocolJson.Lenient.WitnessStatement) is { Worker: not null, Heads: not null } statement
        && Array.TrueForAll(statement.Heads, head => head is { Chain: not null, Hash: not null, Server: not null })
            ? (statement, keyId, null) : (null, null, "is no list of heads that a worker wrote");
}
