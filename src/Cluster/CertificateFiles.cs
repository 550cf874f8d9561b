using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenClaw.Hosting.Https.Certificates;

namespace OpenClaw.Cluster;

/// <summary>Certificates as files: PEM or PFX.</summary>
internal static class CertificateFiles
{
    /// <summary>The certificate with its key first, then what else the file has: intermediate authorities.</summary>
    public static X509Certificate2Collection ReadOwn(string certificate, string? key) => ReadChecked(
        certificate, () => CertificateWithKey.Parse(File.ReadAllBytes(certificate), key is null ? null : File.ReadAllBytes(key)));

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
