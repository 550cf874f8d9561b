using OpenClaw.Gateway.Security;
using OpenClaw.Hosting.Https;
using OpenClaw.Hosting.Https.Certificates;
using OpenClaw.Protocol.Security.Certificates;

namespace OpenClaw.Standalone;

/// <summary>What a person reads once the server takes work.</summary>
internal static class Announcement
{
    /// <param name="server">Its address.</param>
    /// <param name="data">Where its tokens are.</param>
    /// <param name="tokens">Those of its file.</param>
    /// <param name="firstStart">They were made just now.</param>
    /// <param name="certificates">Of its HTTPS; null: it serves none.</param>
    /// <param name="isReachable">It listens elsewhere than on loopback: other PCs can come.</param>
    public static string FormatText(
        Uri server, DataFolder data, IReadOnlyList<IssuedToken> tokens, bool firstStart, ServerCertificates? certificates, bool isReachable)
    {
        var lines = new List<string> { $"Ready: {server.GetLeftPart(UriPartial.Authority)}" };
        lines.AddRange(firstStart
            ? tokens.Select(t => $"  {t.Role,-6} token  {t.Token}")
                .Prepend($"Tokens, shown this once and kept in {data.Tokens}:")
            : [$"Tokens: in {data.Tokens}"]);
        if (certificates?.Authority is { } authority)
            lines.AddRange(TrustLines.FormatLines(server, CertificatePin.FromCertificate(authority.Certificate), certificates.PublicFile));
        lines.Add("Try it:");
        lines.Add("  " + FormatCurlLine(server, data, certificates?.PublicFile));
        if (isReachable)
            lines.Add("Another PC joins by the line that this prints: openclaw workers invite --name studio (docs/worker/joining.md)");
        return string.Join('\n', lines);
    }

    /// <summary>A line to paste. It takes the token from the file, so that it works at every start and shows no secret.</summary>
    private static string FormatCurlLine(Uri server, DataFolder data, string? authority) =>
        $"curl -s {(authority is null ? "" : $"--cacert {QuoteForShell(authority)} ")}{server.GetLeftPart(UriPartial.Authority)}/tasks"
        + $" -H \"Authorization: Bearer $(sed -n 's/^client=//p' {QuoteForShell(data.Tokens)})\""
        + """ -H 'Content-Type: application/json' -d '{"command":"echo Hello from $(hostname)","wait":10000}'""";

    private static string QuoteForShell(string path) => $"'{path.Replace("'", @"'\''")}'";
}
