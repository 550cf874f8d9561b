using System.Globalization;
using System.Text;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Signing;

/// <summary>
/// The JSON envelope of DSSE v1 with one signature, ES256: bytes, what they are, and who signed them. Each type of bytes has a record of
/// its own.
/// </summary>
public abstract record SignedEnvelope
{
    private const int SignatureBytes = 64;

    /// <summary>What the bytes are.</summary>
    public required string PayloadType { get; init; }
    /// <summary>The bytes that were signed, base64.</summary>
    public required string Payload { get; init; }
    /// <summary>Exactly one.</summary>
    public required TaskSignature[] Signatures { get; init; }

    /// <summary>
    /// What is signed: type and bytes with their lengths before them (the pre-authentication encoding of DSSE), so that no other text can
    /// have the same signature.
    /// </summary>
    public static byte[] EncodeForSigning(string type, ReadOnlySpan<byte> body) =>
    [
        .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} {type} {body.Length} ")), .. body,
    ];

    /// <summary>What is in it, nothing of which is proved yet; null with errors when its form is wrong. Pure.</summary>
    protected SignedBytes? DecodeType(string type, int mostBytes, FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (PayloadType != type) errors.Add("payloadType", $"must be {type}");
        var body = DecodeBase64(Payload, mostBytes);
        if (body is null) errors.Add("payload", $"must be base64 of at most {mostBytes} bytes");
        if (Signatures is not [{ Keyid: not null, Sig: not null } one])
        {
            errors.Add("signatures", "must be one signature, with keyid and sig");
            return null;
        }
        Sha256Hex.CheckLowerCase(errors, "signatures[0].keyid", one.Keyid);
        var signature = DecodeBase64(one.Sig, SignatureBytes);
        if (signature is not { Length: SignatureBytes })
            errors.Add("signatures[0].sig", "must be base64 of 64 bytes: r and s, 32 bytes each (ieee-p1363)");
        return errors.Any || body is null ? null : new SignedBytes(body, one.Keyid, signature!, type);
    }

    /// <summary>In its one canonical spelling: no byte of the text can be changed without a change of what it stands for.</summary>
    private static byte[]? DecodeBase64(string text, int most)
    {
        if (text.Length % 4 != 0 || text.Length > (most + 2) / 3 * 4) return null;
        var bytes = new byte[text.Length / 4 * 3];
        return Convert.TryFromBase64String(text, bytes, out var length) && length <= most
            && Convert.ToBase64String(bytes, 0, length) == text ? bytes[..length] : null;
    }
}

/// <summary>One signature of a <see cref="SignedEnvelope"/>.</summary>
public sealed record TaskSignature
{
    /// <summary>SHA-256 (hex) of the public key's SubjectPublicKeyInfo.</summary>
    public required string Keyid { get; init; }
    /// <summary>64 bytes, base64: r and s.</summary>
    public required string Sig { get; init; }
}

/// <summary>The parts of a <see cref="SignedEnvelope"/> as bytes.</summary>
public sealed record SignedBytes(byte[] Body, string KeyId, byte[] Signature, string Type);
