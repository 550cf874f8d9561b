using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenClaw.Protocol.Security.Certificates;

namespace OpenClaw.Cli.Connections;

/// <summary>
/// Whose word counts for who the server is. The authority that a login has kept is the server's own, and none beside it counts. Those of a
/// file (OPENCLAW_CA_FILE) count beside the system's, as for the worker.
/// </summary>
internal sealed class ServerTrust
{
    private readonly ServerRoots? roots;
    private readonly bool alone;

    private bool AcceptsAnyone { get; init; }

    private ServerTrust(ServerRoots? roots, bool alone) => (this.roots, this.alone) = (roots, alone);

    /// <summary>What is trusted, or a sentence about what can't be read.</summary>
    public static (ServerTrust? Trust, string? Error) Load(string? kept, string? file)
    {
        try
        {
            if (kept is not null) return (FromPem(kept), null);
        }
        catch (CryptographicException error)
        {
            return (null, $"the kept authority can't be read: {error.Message}");
        }
        if (file is null) return (new ServerTrust(null, false), null);
        var (roots, wrong) = ServerRoots.ReadFile(file);
        return roots is null ? (null, wrong) : (new ServerTrust(roots, false), null);
    }

    /// <summary>Whoever answers: for what is proven otherwise, and with nothing sent that is worth anything.</summary>
    public static ServerTrust Unchecked { get; } = new(null, false) { AcceptsAnyone = true };

    /// <summary>The server's own authority and no other.</summary>
    /// <exception cref="CryptographicException">It is no certificate.</exception>
    public static ServerTrust FromPem(string pem) =>
        new(ServerRoots.Parse(pem) ?? throw new CryptographicException("the authority holds no certificate in PEM form"), true);

    /// <summary>Judges what the server shows. A wrong name stays wrong, whoever has signed it.</summary>
    public void ApplyTo(SslClientAuthenticationOptions options)
    {
        if (alone) options.CertificateChainPolicy = roots!.CreatePolicy();
        // .NET's own sentences don't say what to do about it.
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            IsTrusted(certificate, chain, errors) ? true : throw new UntrustedServerException(ServerRoots.ExplainDistrust(errors));
    }

    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => AcceptsAnyone
        || (alone || roots is null ? errors == SslPolicyErrors.None : roots.IsTrusted(certificate, chain, errors));
}

/// <summary>Who answers is not provably the server; the message goes on from that.</summary>
internal sealed class UntrustedServerException(string reason) : AuthenticationException(reason);
