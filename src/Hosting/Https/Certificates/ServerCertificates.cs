using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace OpenClaw.Hosting.Https.Certificates;

/// <summary>The certificate that this server shows now. Another one is for new connections; those that are open go on.</summary>
internal sealed class ServerCertificates
{
    private readonly ICertificateSource source;
    private readonly TimeProvider clock;
    private volatile Shown shown;

    /// <param name="source">Where certificates come from.</param>
    /// <param name="clock">The machine's clock, by which everybody judges certificates.</param>
    /// <param name="publicFile">File of the authority's certificate, for people to copy.</param>
    public ServerCertificates(ICertificateSource source, TimeProvider clock, string? publicFile = null)
    {
        (this.source, this.clock, PublicFile) = (source, clock, publicFile);
        shown = new Shown(source.Load(clock.GetUtcNow()));
    }

    /// <summary>The server's own authority; null: the certificate was given.</summary>
    public CertificateAuthority? Authority => source.Authority;

    /// <summary>File of the authority's certificate; null: there is none.</summary>
    public string? PublicFile { get; }

    public X509Certificate2 Leaf => shown.Certificate.Leaf;

    /// <summary>What the next handshake is made with: one object for all, so that what OpenSSL makes of it is made once.</summary>
    public SslServerAuthenticationOptions Handshake => shown.Options;

    public TimeSpan Period => source.Period;

    /// <summary>As the settings have it; the scheme is not plain HTTP.</summary>
    /// <exception cref="StartupException">There is no certificate to be had.</exception>
    public static ServerCertificates Open(HttpsSettings settings, AddressScheme scheme, IPAddress listen, TimeProvider clock)
    {
        if (scheme == AddressScheme.GivenCertificate)
            return new ServerCertificates(new GivenCertificates(settings.CertificateFile!, settings.KeyFile), clock);
        var (authority, file) = AuthorityFolder.OpenAuthority(settings.AuthorityFolder!, clock.GetUtcNow());
        return new ServerCertificates(OwnCertificates.Open(authority, settings, listen), clock, file);
    }

    /// <summary>Takes another certificate when there is one. For one caller at a time.</summary>
    public CertificateChange Refresh()
    {
        var change = source.FindChange(shown.Certificate, clock.GetUtcNow());
        if (change.Certificate is { } next) shown = new Shown(next);
        return change;
    }

    /// <summary>The first host name that the certificate is for; null: it has none.</summary>
    public string? FindHostName() => Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
        .SelectMany(names => names.EnumerateDnsNames()).FirstOrDefault(name => !name.StartsWith('*'));

    private sealed class Shown(ServerCertificate certificate)
    {
        public ServerCertificate Certificate { get; } = certificate;

        public SslServerAuthenticationOptions Options { get; } = new()
        {
            // Offline: nothing is fetched from anywhere to complete the chain.
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate.Leaf, certificate.Chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
        };
    }
}
