using OpenClaw.Cli.Contexts;
using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tokens;

/// <summary>Tokens for people.</summary>
internal static class TokenLines
{
    public static int Show(VerbCall call, TokenView token) =>
        call.Show(token, ProtocolJson.Default.TokenView, to => WriteToken(to, token));

    /// <summary>
    /// The secret alone on standard output, so that a script can keep it; what it is on standard error. It is shown this once.
    /// </summary>
    public static int ShowIssued(VerbCall call, IssuedTokenView issued, string what)
    {
        if (!call.Json)
        {
            call.Error.WriteLine(PrintableText.Escape(
                $"{what}: token {issued.Token.Id} ({issued.Token.Role}), {DescribeEnd(issued.Token)}. Shown this once:"));
        }
        return call.Show(issued, ProtocolJson.Default.IssuedTokenView, to => to.WriteLine(issued.Secret));
    }

    public static void WriteToken(TextWriter to, TokenView token) => TextTable.WriteProperties(to,
        ("id", token.Id), ("name", token.Name), ("person", token.Person), ("role", token.Role), ("status", token.Status),
        ("scopes", string.Join(", ", token.Scopes)),
        ("narrowed to", CallerText.DescribeNarrowing(token.Narrowing)),
        ("rate", CallerText.DescribeRate(token.RequestsPerMinute)),
        ("queued", CallerText.DescribeMost(token.MaxQueued)),
        ("running", CallerText.DescribeMost(token.MaxRunning)),
        ("made", Join(token.CreatedAt, token.CreatedBy)),
        ("used", token.LastUsedAt is { } used ? Times.FormatTime(used) : "no use is noted"),
        ("ends", token.ExpiresAt is { } at ? Times.FormatTime(at) : "never"),
        ("rotated", token.RotatedAt is { } rotated ? Times.FormatTime(rotated) : null),
        ("old secret", token.OldSecretUntil is { } until ? $"good until {Times.FormatTime(until)}" : null),
        ("revoked", token.RevokedAt is { } revoked ? Join(revoked, token.RevokedBy) : null));

    private static string DescribeEnd(TokenView token) => token.ExpiresAt is { } at ? $"ends {Times.FormatTime(at)}" : "never ends";

    private static string Join(long at, string? by) => by is null ? Times.FormatTime(at) : $"{Times.FormatTime(at)} by {by}";
}
