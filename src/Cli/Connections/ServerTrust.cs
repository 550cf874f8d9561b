using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OpenClaw.Cli.Connections;

/// <summary>
/// Whose word counts for who the server is. The authority that a login has kept is the server's own, and none beside it counts. Those of a
/// file (OPENCLAW_CA_FILE) count beside the system's, as for the worker.
/// </summary>
internal sealed class ServerTrust
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private readonly X509Certificate2Collection? roots;
    private readonly bool alone;

    private bool AcceptsAnyone { get; init; }

    private ServerTrust(X509Certificate2Collection? roots, bool alone) => (this.roots, this.alone) = (roots, alone);

    /// <summary>What is trusted, or a sentence about what can't be read.</summary>
    public static (ServerTrust? Trust, string? Error) Load(string? kept, string? file)
    {
        try
        {
            if (kept is not null) return (FromPem(kept), null);
            return (file is null ? new ServerTrust(null, false) : new(Import(File.ReadAllText(file), file), false), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (null, $"{file ?? "the kept authority"} can't be read: {error.Message}");
        }
    }

    /// <summary>Whoever answers: for what is proven otherwise, and with nothing sent that is worth anything.</summary>
    public static ServerTrust Unchecked { get; } = new(null, false) { AcceptsAnyone = true };

    /// <summary>The server's own authority and no other.</summary>
    public static ServerTrust FromPem(string pem) => new(Import(pem, "the authority"), true);

    /// <summary>Judges what the server shows. A wrong name stays wrong, whoever has signed it.</summary>
    public void ApplyTo(SslClientAuthenticationOptions options)
    {
        if (alone) options.CertificateChainPolicy = CreatePolicy();
        // .NET's own sentences don't say what to do about it.
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            IsTrusted(certificate, chain, errors) ? true : throw new UntrustedServerException(Explain(errors));
    }

    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => AcceptsAnyone
        || errors == SslPolicyErrors.None
        || (errors == SslPolicyErrors.RemoteCertificateChainErrors && roots is not null && !alone && certificate is not null
            && IsIssuedByRoots(certificate, chain));

    /// <summary>Nothing of what the certificate says of itself: whoever answers has written that.</summary>
    private static string Explain(SslPolicyErrors errors) =>
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "there is none"
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "it is for another name"
        : "nobody here vouches for it, or its time is over";

    private bool IsIssuedByRoots(X509Certificate certificate, X509Chain? shown)
    {
        using var chain = new X509Chain { ChainPolicy = CreatePolicy() };
        foreach (var element in shown?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var leaf = new X509Certificate2(certificate);
        return chain.Build(leaf);
    }

    private X509ChainPolicy CreatePolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(roots!);
        policy.ApplicationPolicy.Add(new Oid(ServerUse));
        return policy;
    }

    private static X509Certificate2Collection Import(string pem, string from)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(pem);
        return found.Count > 0 ? found : throw new CryptographicException($"{from} holds no certificate in PEM form");
    }
}

/// <summary>Who answers is not provably the server; the message goes on from that.</summary>
internal sealed class UntrustedServerException(string reason) : AuthenticationException(reason);
