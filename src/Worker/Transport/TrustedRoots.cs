using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OpenClaw.Worker.Transport;

/// <summary>Authorities the owner trusts beside those of the system: of a company, or the gateway's own.</summary>
internal sealed class TrustedRoots(X509Certificate2Collection roots) : IDisposable
{
    public int Count => roots.Count;

    /// <summary>The certificates of a PEM file, or a sentence.</summary>
    public static (TrustedRoots? Roots, string? Error) Load(string path)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(path);
            return found.Count > 0 ? (new TrustedRoots(found), null) : (null, $"OPENCLAW_CA_FILE: {path} holds no certificate in PEM form");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (null, $"OPENCLAW_CA_FILE: {path} can't be read: {error.Message}");
        }
    }

    /// <summary>What the system says counts; only an unknown issuer is looked for here. A wrong name stays wrong.</summary>
    public bool IsTrusted(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
            return errors == SslPolicyErrors.None;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var leaf = new X509Certificate2(certificate);
        return chain.Build(leaf);
    }

    public void Dispose()
    {
        foreach (var root in roots)
            root.Dispose();
    }
}
