using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OpenClaw.Protocol.Security.Certificates;

/// <summary>Authorities by which a server can prove who it is, beside those of the system or instead of them.</summary>
public sealed class ServerRoots : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private readonly X509Certificate2Collection authorities;

    private ServerRoots(X509Certificate2Collection authorities) => this.authorities = authorities;

    /// <summary>How many there are; never none.</summary>
    public int Count => authorities.Count;

    /// <summary>The authorities of a PEM text; null when it holds no certificate.</summary>
    /// <exception cref="CryptographicException">What looks like a certificate is none.</exception>
    public static ServerRoots? Parse(string pem)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(pem);
        return found.Count > 0 ? new ServerRoots(found) : null;
    }

    /// <summary>The authorities of a PEM file, or a sentence about what is wrong with it.</summary>
    public static (ServerRoots? Roots, string? Error) ReadFile(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path)) is { } roots ? (roots, null) : (null, $"{path} holds no certificate in PEM form");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (null, $"{path} can't be read: {error.Message}");
        }
    }

    /// <summary>
    /// Whether a server is proven, by the system or by these. Only an unknown issuer is looked for here: a wrong name stays wrong.
    /// </summary>
    public bool IsTrusted(X509Certificate? certificate, X509Chain? shown, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None
        || (errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate is not null && IsIssuer(certificate, shown));

    /// <summary>How a chain is built that ends with one of these and with no other.</summary>
    public X509ChainPolicy CreatePolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(ServerUse));
        return policy;
    }

    /// <summary>The one of them that has this pin, as PEM; null: none has.</summary>
    public string? FindPinned(string pin) =>
        authorities.FirstOrDefault(one => CertificatePin.IsPinOf(pin, one))?.ExportCertificatePem();

    /// <summary>Why a server is not trusted. Nothing of what its certificate says of itself: whoever answers has written that.</summary>
    public static string ExplainDistrust(SslPolicyErrors errors) =>
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "there is none"
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "it is for another name"
        : "nobody here vouches for it, or its time is over";

    private bool IsIssuer(X509Certificate certificate, X509Chain? shown)
    {
        using var chain = new X509Chain { ChainPolicy = CreatePolicy() };
        foreach (var element in shown?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var leaf = new X509Certificate2(certificate);
        return chain.Build(leaf);
    }

    /// <summary>Frees the handles of the certificates.</summary>
    public void Dispose()
    {
        foreach (var authority in authorities) authority.Dispose();
    }
}
