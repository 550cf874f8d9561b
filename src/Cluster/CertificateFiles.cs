using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OpenClaw.Cluster;

/// <summary>Certificates as files: PEM or PFX.</summary>
internal static class CertificateFiles
{
    /// <summary>The certificate with its key first, then what else the file has: intermediate authorities.</summary>
    public static X509Certificate2Collection ReadOwn(string certificate, string? key)
    {
        var chain = ReadChecked(certificate, () => IsPem(certificate) ? ReadPem(certificate, key ?? certificate) : ReadPfx(certificate));
        var own = chain.FirstOrDefault(one => one.HasPrivateKey)
            ?? throw new ClusterTlsException($"{certificate} has no certificate with a private key.");
        chain.Remove(own);
        chain.Insert(0, own);
        return chain;
    }

    public static X509Certificate2Collection ReadAuthorities(string authority)
    {
        var all = ReadChecked(authority, () =>
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(authority);
            return found;
        });
        return all.Count > 0 ? all : throw new ClusterTlsException($"{authority} has no certificate in it (PEM).");
    }

    private static X509Certificate2Collection ReadPem(string certificate, string key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificate);
        using var own = X509Certificate2.CreateFromPemFile(certificate, key);
        // By way of PKCS 12: Windows' TLS can't use a key that exists in memory only.
        chain[0] = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), password: null);
        return chain;
    }

    private static X509Certificate2Collection ReadPfx(string certificate) =>
        X509CertificateLoader.LoadPkcs12CollectionFromFile(certificate, password: null);

    private static bool IsPem(string file) => File.ReadAllText(file).Contains("-----BEGIN", StringComparison.Ordinal);

    private static T ReadChecked<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new ClusterTlsException($"Can't read the certificate {file}: {error.Message}", error);
        }
    }
}
