using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OpenClaw.Hosting.Https.Certificates;

/// <summary>
/// This server's own authority: signs the certificates that it shows, and nothing else. Whoever knows the authority's key knows the
/// server, however often its certificates change.
/// </summary>
internal sealed class CertificateAuthority
{
    /// <summary>Every client and worker has to be told of a new one, so it is kept for long.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    /// <summary>A key that is lost with a process is worth little soon.</summary>
    public static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(90);

    /// <summary>How far a client's clock may be behind ours.</summary>
    private static readonly TimeSpan Backdating = TimeSpan.FromDays(1);

    /// <summary>What a certificate's key may be used for.</summary>
    internal const string ServerAuthentication = "1.3.6.1.5.5.7.3.1", AnyUse = "2.5.29.37.0";
    private readonly X509Certificate2 whole;

    private CertificateAuthority(X509Certificate2 whole)
    {
        this.whole = whole;
        Certificate = X509CertificateLoader.LoadCertificate(whole.RawData);
    }

    /// <summary>Its certificate, without the key.</summary>
    public X509Certificate2 Certificate { get; }

    public static CertificateAuthority Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // A name of its own: a client that has two of them tells them apart by it.
        var name = $"CN=OpenClaw CA {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var extensions = request.CertificateExtensions;
        // A path length of 0: nothing that it signs is an authority itself.
        extensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        extensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        extensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new CertificateAuthority(request.CreateSelfSigned(now - Backdating, now + Lifetime));
    }

    /// <exception cref="CryptographicException">The text has no authority in it, or one of another kind.</exception>
    public static CertificateAuthority Parse(string pem)
    {
        var certificate = X509Certificate2.CreateFromPem(pem, pem);
        var constraints = certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault();
        return constraints is { CertificateAuthority: true } && certificate.GetECDsaPrivateKey() is not null
            ? new CertificateAuthority(certificate)
            : throw new CryptographicException("it has no authority's certificate with an elliptic curve's key");
    }

    public string FormatCertificate() => Certificate.ExportCertificatePem() + "\n";

    /// <summary>Certificate and key: whoever has it can pass for this server.</summary>
    public string FormatWithKey()
    {
        using var key = whole.GetECDsaPrivateKey()!;
        return FormatCertificate() + key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    public bool IsValidAt(DateTimeOffset now) => now >= Certificate.NotBefore && now < Certificate.NotAfter;

    /// <summary>A certificate for these names, with its key. The authority must be valid at this moment.</summary>
    public X509Certificate2 IssueLeaf(IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=openclaw", key, HashAlgorithmName.SHA256);
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        extensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        extensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        extensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        extensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, includeIssuerAndSerial: false));
        extensions.Add(CertificateNames.ToExtension(names));
        var (from, until) = (now - Backdating, now + LeafLifetime);
        if (from < Certificate.NotBefore) from = Certificate.NotBefore;
        if (until > Certificate.NotAfter) until = Certificate.NotAfter;
        using var signed = request.Create(whole, from, until, CreateSerialNumber());
        using var withKey = signed.CopyWithPrivateKey(key);
        // By way of PKCS 12: Windows' TLS can't use a key that exists in memory only.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>Positive, as the standard wants it, and never the same twice.</summary>
    private static byte[] CreateSerialNumber()
    {
        var number = RandomNumberGenerator.GetBytes(16);
        number[0] = (byte)(number[0] & 0x7f | 0x40);
        return number;
    }
}
