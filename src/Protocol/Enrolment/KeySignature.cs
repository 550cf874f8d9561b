using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OpenClaw.Protocol.Enrolment;

/// <summary>
/// What a worker's key signs: one request, to one server, for one challenge. The signature is ECDSA with P-256 and SHA-256, 64 bytes.
/// </summary>
public static class KeySignature
{
    /// <summary>Scheme of the Authorization header: <c>OpenClaw-Key identity.machine.challenge.signature</c>.</summary>
    public const string Scheme = "OpenClaw-Key";

    /// <summary>In the place of a machine's id where there is none that counts.</summary>
    public const string NoMachine = "-";

    /// <summary>The text that is signed for a request.</summary>
    /// <param name="server">Id of the server, as it was told at the enrolment.</param>
    /// <param name="route">Route as the protocol names it, without what a proxy puts before it.</param>
    /// <param name="identity">Id of the key.</param>
    /// <param name="machine">Digest of the machine's id, or <see cref="NoMachine"/>.</param>
    /// <param name="challenge">The server's challenge.</param>
    /// <param name="body">The whole body.</param>
    public static byte[] FormatRequest(
        string server, string route, string identity, string machine, string challenge, ReadOnlySpan<byte> body) =>
        Encoding.UTF8.GetBytes(string.Join('\n', "openclaw-key-request-v1", server, route, identity, machine, challenge,
            Convert.ToHexStringLower(SHA256.HashData(body))));

    /// <summary>The text that is signed at the enrolment: the join token's public id and all that is asked for.</summary>
    public static byte[] FormatEnrolment(string invite, EnrolWorker enrol)
    {
        ArgumentNullException.ThrowIfNull(enrol);
        return Encoding.UTF8.GetBytes(string.Join('\n', "openclaw-key-enrolment-v1", invite, enrol.Name, enrol.PublicKey,
            enrol.Machine ?? NoMachine, enrol.Instance, string.Join(',', enrol.Kinds)));
    }

    /// <summary>Signs a text.</summary>
    public static string Sign(ECDsa key, byte[] text)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Base64Url.EncodeToString(key.SignData(text, HashAlgorithmName.SHA256));
    }

    /// <summary>True when the key of this public half has signed the text. False for what is no P-256 key or no signature.</summary>
    public static bool IsSignedBy(ReadOnlySpan<byte> publicKey, byte[] text, ReadOnlySpan<char> signature)
    {
        Span<byte> bytes = stackalloc byte[64];
        if (!Base64Url.TryDecodeFromChars(signature, bytes, out var length) || length != bytes.Length) return false;
        using var key = FindKey(publicKey);
        return key is not null && key.VerifyData(text, bytes, HashAlgorithmName.SHA256);
    }

    /// <summary>The key of a SubjectPublicKeyInfo; null: it is none, or not of P-256. Dispose it.</summary>
    public static ECDsa? FindKey(ReadOnlySpan<byte> publicKey)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(publicKey, out var read);
            if (read == publicKey.Length && key.ExportParameters(false).Curve is { IsNamed: true, Oid.Value: "1.2.840.10045.3.1.7" })
                return key;
        }
        // The latter for a curve that this system does not know.
        catch (Exception error) when (error is CryptographicException or PlatformNotSupportedException)
        {
            // Bytes of a stranger's.
        }
        key.Dispose();
        return null;
    }
}
