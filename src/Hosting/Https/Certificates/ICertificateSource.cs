using System.Security.Cryptography.X509Certificates;

namespace OpenClaw.Hosting.Https.Certificates;

/// <summary>A certificate with its key, and the intermediate authorities to send along.</summary>
internal sealed record ServerCertificate(X509Certificate2 Leaf, X509Certificate2Collection Chain);

/// <summary>What came of a look for another certificate: one, a reason why the one in use stays, or neither.</summary>
internal readonly record struct CertificateChange(ServerCertificate? Certificate, string? Error);

/// <summary>Where a server's certificates come from.</summary>
internal interface ICertificateSource
{
    /// <summary>The authority that signs them, when it is the server's own.</summary>
    CertificateAuthority? Authority { get; }

    /// <summary>How often it is worth a look.</summary>
    TimeSpan Period { get; }

    /// <summary>The first one.</summary>
    /// <exception cref="StartupException">There is none.</exception>
    ServerCertificate Load(DateTimeOffset now);

    /// <summary>Looks whether there is another one by now. An error is told once, not at each look.</summary>
    CertificateChange FindChange(ServerCertificate current, DateTimeOffset now);
}
