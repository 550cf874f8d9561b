using System.Security.Cryptography;
using System.Text.Json;

namespace OpenClaw.Protocol.Signing;

/// <summary>A client's private key, on P-256. It signs what its holder asks of PCs; they know the public half.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa key;

    private SigningKey(ECDsa key) => (this.key, PublicKey) = (key, VerifyingKey.FromSpki(key.ExportSubjectPublicKeyInfo())!);

    /// <summary>What PCs are given.</summary>
    public VerifyingKey PublicKey { get; }

    /// <summary>Makes a new one.</summary>
    public static SigningKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>From PEM (<c>PRIVATE KEY</c> or <c>EC PRIVATE KEY</c>); null when that is no private key on P-256.</summary>
    public static SigningKey? FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            CryptographicOperations.ZeroMemory(key.ExportParameters(includePrivateParameters: true).D);
            if (VerifyingKey.FromSpki(key.ExportSubjectPublicKeyInfo()) is not null) return new SigningKey(key);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or PlatformNotSupportedException)
        {
            // No private key: as below.
        }
        key.Dispose();
        return null;
    }

    /// <summary>Its PEM, PKCS#8, not encrypted.</summary>
    public string ToPem() => key.ExportPkcs8PrivateKeyPem();

    /// <summary>Signs a statement, written as JSON.</summary>
    public SignedTask SignStatement(TaskStatement statement) =>
        SignBytes(JsonSerializer.SerializeToUtf8Bytes(statement, ProtocolJson.Default.TaskStatement));

    /// <summary>Signs the bytes of a statement as they are.</summary>
    public SignedTask SignBytes(byte[] body) => new()
    {
        PayloadType = SignedTask.StatementType,
        Payload = Convert.ToBase64String(body),
        Signatures = [Sign(SignedTask.StatementType, body)],
    };

    /// <summary>The signature of an envelope with bytes of a type.</summary>
    public TaskSignature Sign(string type, byte[] body) => new()
    {
        Keyid = PublicKey.Id,
        Sig = Convert.ToBase64String(key.SignData(
            SignedEnvelope.EncodeForSigning(type, body), HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation)),
    };

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
