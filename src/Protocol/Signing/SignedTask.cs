using System.Globalization;
using System.Text;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Signing;

/// <summary>
/// A task as its client signed it: the JSON envelope of DSSE v1 with one signature, ES256. The server keeps it and hands it on unopened;
/// whether it counts is for the worker to say.
/// </summary>
public sealed record SignedTask
{
    /// <summary>The one <see cref="PayloadType"/> there is.</summary>
    public const string StatementType = "application/vnd.openclaw.task+json";

    private const int SignatureBytes = 64;

    /// <summary>What the bytes are: <see cref="StatementType"/>.</summary>
    public required string PayloadType { get; init; }
    /// <summary>The bytes that were signed, base64: a <see cref="TaskStatement"/>.</summary>
    public required string Payload { get; init; }
    /// <summary>Exactly one.</summary>
    public required TaskSignature[] Signatures { get; init; }

    /// <summary>What is in it, nothing of which is proved yet; null with errors when its form is wrong. Pure.</summary>
    public SignedBytes? Decode(FieldErrors errors)
    {
        if (PayloadType != StatementType) errors.Add("payloadType", $"must be {StatementType}");
        var body = DecodeBase64(Payload, Limits.SignedStatement);
        if (body is null) errors.Add("payload", $"must be base64 of at most {Limits.SignedStatement} bytes");
        if (Signatures is not [{ Keyid: not null, Sig: not null } one])
        {
            errors.Add("signatures", "must be one signature, with keyid and sig");
            return null;
        }
        Sha256Hex.CheckLowerCase(errors, "signatures[0].keyid", one.Keyid);
        var signature = DecodeBase64(one.Sig, SignatureBytes);
        if (signature is not { Length: SignatureBytes })
            errors.Add("signatures[0].sig", "must be base64 of 64 bytes: r and s, 32 bytes each (ieee-p1363)");
        return errors.Any || body is null ? null : new SignedBytes(body, one.Keyid, signature!);
    }

    /// <summary>
    /// What is signed: type and bytes with their lengths before them (the pre-authentication encoding of DSSE), so that no other text can
    /// have the same signature.
    /// </summary>
    public static byte[] EncodeForSigning(ReadOnlySpan<byte> body) =>
    [
        .. Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"DSSEv1 {StatementType.Length} {StatementType} {body.Length} ")),
        .. body,
    ];

    /// <summary>In its one canonical spelling: no byte of the text can be changed without a change of what it stands for.</summary>
    private static byte[]? DecodeBase64(string text, int most)
    {
        if (text.Length % 4 != 0 || text.Length > (most + 2) / 3 * 4) return null;
        var bytes = new byte[text.Length / 4 * 3];
        return Convert.TryFromBase64String(text, bytes, out var length) && length <= most
            && Convert.ToBase64String(bytes, 0, length) == text ? bytes[..length] : null;
    }
}

/// <summary>One signature of a <see cref="SignedTask"/>.</summary>
public sealed record TaskSignature
{
    /// <summary>SHA-256 (hex) of the public key's SubjectPublicKeyInfo.</summary>
    public required string Keyid { get; init; }
    /// <summary>64 bytes, base64: r and s.</summary>
    public required string Sig { get; init; }
}

/// <summary>The parts of a <see cref="SignedTask"/> as bytes.</summary>
public sealed record SignedBytes(byte[] Body, string KeyId, byte[] Signature);
