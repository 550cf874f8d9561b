using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace OpenClaw.Hosting.Https.Certificates;

/// <summary>A certificate that somebody gave, with its private key and the authorities between it and a known one.</summary>
internal static class CertificateWithKey
{
    /// <summary>The certificate with the key first, then what else is there; whatever the order in the file is.</summary>
    /// <param name="certificate">PEM, or PKCS 12 without a password.</param>
    /// <param name="key">The key as PEM; null: it is in <paramref name="certificate"/>.</param>
    /// <exception cref="CryptographicException">It can't be read, or has no private key.</exception>
    public static X509Certificate2Collection Parse(byte[] certificate, byte[]? key)
    {
        var text = Encoding.Latin1.GetString(certificate);
        var isPem = text.Contains("-----BEGIN", StringComparison.Ordinal);
        var chain = isPem ? ParsePem(text, key is null ? text : Encoding.Latin1.GetString(key))
            : X509CertificateLoader.LoadPkcs12Collection(certificate, password: null);
        var own = chain.FirstOrDefault(one => one.HasPrivateKey)
            ?? throw new CryptographicException("it has no certificate with a private key");
        chain.Remove(own);
        chain.Insert(0, own);
        return chain;
    }

    private static X509Certificate2Collection ParsePem(string text, string key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(text);
        using var own = X509Certificate2.CreateFromPem(text, key);
        // By way of PKCS 12: Windows' TLS can't use a key that exists in memory only.
        chain[0] = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), password: null);
        return chain;
    }
}
