using System.Security.Cryptography;

namespace OpenClaw.Protocol.Signing;

/// <summary>The public half of a signing key, on P-256. Its id is the SHA-256 of its SubjectPublicKeyInfo, as hex.</summary>
public sealed class VerifyingKey
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private const int MostText = 4096;
    private readonly byte[] spki;

    private VerifyingKey(byte[] spki) => (this.spki, Id) = (spki, Convert.ToHexStringLower(SHA256.HashData(spki)));

    /// <summary>Names it in signatures.</summary>
    public string Id { get; }

    /// <summary>A key from its SubjectPublicKeyInfo (DER); null when it is none on P-256, or in another than the usual spelling.</summary>
    public static VerifyingKey? FromSpki(ReadOnlySpan<byte> der)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(der, out var read);
            var curve = key.ExportParameters(includePrivateParameters: false).Curve;
            // One key has one id: a compressed point, or parameters written out, would give it another.
            return curve is { IsNamed: true, Oid.Value: P256 } && key.ExportSubjectPublicKeyInfo() is { } usual
                && read == der.Length && der.SequenceEqual(usual) ? new VerifyingKey(usual) : null;
        }
        // The latter for a curve that this system does not know.
        catch (Exception error) when (error is CryptographicException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    /// <summary>A key from PEM (<c>PUBLIC KEY</c>) or from the base64 in it; null when it is none.</summary>
    public static VerifyingKey? FromText(string text)
    {
        text = text.Trim();
        if (text.Length > MostText) return null;
        if (PemEncoding.TryFind(text, out var found))
            return text[found.Label] == "PUBLIC KEY" ? FromBase64(text[found.Base64Data]) : null;
        return FromBase64(text);
    }

    /// <summary>Its SubjectPublicKeyInfo, base64 in one line.</summary>
    public string ToBase64() => Convert.ToBase64String(spki);

    /// <summary>Its PEM, <c>PUBLIC KEY</c>.</summary>
    public string ToPem() => PemEncoding.WriteString("PUBLIC KEY", spki);

    /// <summary>True when this key's holder signed exactly these bytes.</summary>
    public bool Verifies(SignedBytes signed)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(spki, out _);
        return key.VerifyData(
            SignedEnvelope.EncodeForSigning(signed.Type, signed.Body), signed.Signature, HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static VerifyingKey? FromBase64(string text)
    {
        var der = new byte[text.Length];
        return Convert.TryFromBase64String(text, der, out var length) ? FromSpki(der.AsSpan(0, length)) : null;
    }
}
