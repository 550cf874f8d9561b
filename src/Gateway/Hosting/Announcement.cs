using OpenClaw.Gateway.Security;
using OpenClaw.Hosting.Https;
using OpenClaw.Hosting.Https.Certificates;
using OpenClaw.Protocol.Security.Certificates;

namespace OpenClaw.Gateway.Hosting;

/// <summary>What a person reads at the start.</summary>
internal static class Announcement
{
    /// <summary>How clients trust this server, when its authority is its own.</summary>
    public static IEnumerable<string> FormatTrustLines(Uri server, ServerCertificates? certificates) =>
        certificates?.Authority is { } authority
            ? TrustLines.FormatLines(server, CertificatePin.FromCertificate(authority.Certificate), certificates.PublicFile)
            : [];

    /// <summary>Tokens that were made just now, to be kept: this is the only time they are shown.</summary>
    public static IEnumerable<string> FormatLines(IReadOnlyList<IssuedToken> tokens, bool created, string dataFolder)
    {
        if (!created) return [];
        var kept = dataFolder.Length > 0 ? $" and kept in {TokenBootstrapper.GetTokensPath(dataFolder)}" : "";
        return tokens.Select(token => $"  {token.Role,-6} token  {token.Token}").Prepend($"Tokens, shown this once{kept}:");
    }
}
