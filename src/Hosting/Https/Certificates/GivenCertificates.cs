using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OpenClaw.Hosting.Https.Certificates;

/// <summary>
/// The certificate that was given, read again when it changes. What is compared is what the files say: whoever renews them may write
/// them, rename others over them, or set a link elsewhere, as certbot and Kubernetes do.
/// </summary>
internal sealed class GivenCertificates(string certificateFile, string? keyFile) : ICertificateSource
{
    private byte[] seen = [];
    private string? toldReadError;

    public CertificateAuthority? Authority => null;

    public TimeSpan Period => TimeSpan.FromSeconds(10);

    public ServerCertificate Load(DateTimeOffset now)
    {
        try
        {
            var (certificate, key) = Read();
            return Parse(certificate, key);
        }
        catch (Exception error) when (IsExpected(error))
        {
            throw new StartupException(StartupException.Usage, $"The certificate {certificateFile} can't be used: {error.Message}");
        }
    }

    public CertificateChange FindChange(ServerCertificate current, DateTimeOffset now)
    {
        try
        {
            var before = seen;
            var (certificate, key) = Read();
            toldReadError = null;
            if (seen.AsSpan().SequenceEqual(before)) return default;
            var next = Parse(certificate, key);
            if (now >= next.Leaf.NotAfter && now < current.Leaf.NotAfter)
                throw new CryptographicException(string.Create(null, $"it has ended at {next.Leaf.NotAfter:u}"));
            return new CertificateChange(next, null);
        }
        catch (Exception error) when (IsExpected(error))
        {
            if (error.Message == toldReadError) return default;
            toldReadError = error.Message;
            return new CertificateChange(null, error.Message);
        }
    }

    /// <summary>Leaf first, whatever the order in the file is.</summary>
    internal static ServerCertificate Parse(byte[] certificate, byte[]? key)
    {
        var all = CertificateWithKey.Parse(certificate, key);
        var leaf = all[0];
        var uses = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault()?.EnhancedKeyUsages.Cast<Oid>();
        if (uses?.Any(use => use.Value is CertificateAuthority.ServerAuthentication or CertificateAuthority.AnyUse) == false)
            throw new CryptographicException("it is for something else than a server");
        all.RemoveAt(0);
        return new ServerCertificate(leaf, all);
    }

    /// <summary>Both files, and in <see cref="seen"/> what they say.</summary>
    private (byte[] Certificate, byte[]? Key) Read()
    {
        var certificate = File.ReadAllBytes(certificateFile);
        var key = keyFile is null ? null : File.ReadAllBytes(keyFile);
        seen = [.. SHA256.HashData(certificate), .. SHA256.HashData(key ?? [])];
        return (certificate, key);
    }

    private static bool IsExpected(Exception error) =>
        error is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException;
}
