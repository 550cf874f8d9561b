using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OpenClaw.Protocol.Security.Certificates;

/// <summary>
/// What a server's authority is known by before it is trusted: <c>sha256:</c> and the hash of its public key (SubjectPublicKeyInfo) in
/// lower-case hex, as kubeadm has it. Of the key and not of the certificate: one that is renewed keeps its pin.
/// </summary>
public static class CertificatePin
{
    private const string Prefix = "sha256:";

    /// <summary>The pin of a certificate's key.</summary>
    public static string FromCertificate(X509Certificate2 certificate) =>
        Prefix + Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>Whether a text has the form of a pin; hex digits of either case.</summary>
    public static bool IsPin(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length == Prefix.Length + 2 * SHA256.HashSizeInBytes
        && text.AsSpan(Prefix.Length).IndexOfAnyExcept("0123456789abcdefABCDEF") < 0;

    /// <summary>Whether it is the pin of this certificate's key.</summary>
    public static bool IsPinOf(string pin, X509Certificate2 certificate) =>
        string.Equals(pin, FromCertificate(certificate), StringComparison.OrdinalIgnoreCase);
}
