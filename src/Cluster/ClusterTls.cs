using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace OpenClaw.Cluster;

/// <summary>
/// Mutual TLS between the members of a cluster: silos among each other, and gateways towards silos. Orleans' own ports have no
/// authentication, so the certificate is the membership card: whoever has one of the given authority may do everything.
/// </summary>
public sealed class ClusterTls
{
    private readonly SslStreamCertificateContext own;
    private readonly X509Certificate2Collection authorities;

    private ClusterTls(X509Certificate2Collection chain, X509Certificate2Collection authorities)
    {
        this.authorities = authorities;
        own = SslStreamCertificateContext.Create(chain[0], chain, offline: true);
    }

    /// <summary>
    /// Reads a certificate with its key (PEM, the key in the same file or in one of its own, or PFX without a password) and the
    /// authority that every peer's certificate must come from (PEM).
    /// </summary>
    /// <exception cref="ClusterTlsException">A file is missing or is not what it should be; the message says which.</exception>
    public static ClusterTls Load(string certificate, string? key, string authority) =>
        new(CertificateFiles.ReadOwn(certificate, key), CertificateFiles.ReadAuthorities(authority));

    /// <summary>For connections that others open to this process.</summary>
    public void SecureInbound(IConnectionBuilder connections) => connections.Use(next => connection => TlsConnection.RunSecured(
        connection, (stream, stop) => stream.AuthenticateAsServerAsync(CreateServerOptions(), stop), next));

    /// <summary>For connections that this process opens to others.</summary>
    public void SecureOutbound(IConnectionBuilder connections) => connections.Use(next => connection => TlsConnection.RunSecured(
        connection, (stream, stop) => stream.AuthenticateAsClientAsync(CreateClientOptions(), stop), next));

    private SslServerAuthenticationOptions CreateServerOptions() => new()
    {
        ServerCertificateContext = own,
        ClientCertificateRequired = true,
        CertificateChainPolicy = CreateChainPolicy(),
        RemoteCertificateValidationCallback = static (_, _, _, errors) => IsMember(errors),
    };

    private SslClientAuthenticationOptions CreateClientOptions() => new()
    {
        TargetHost = "",
        ClientCertificateContext = own,
        CertificateChainPolicy = CreateChainPolicy(),
        RemoteCertificateValidationCallback = static (_, _, _, errors) => IsMember(errors),
    };

    /// <summary>Members come and go with their addresses: the authority is asked for, the name is not.</summary>
    private static bool IsMember(SslPolicyErrors errors) =>
        (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;

    private X509ChainPolicy CreateChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
