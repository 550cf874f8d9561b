using OpenClaw.Cli.Printing;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tokens;

/// <summary>When a token was last used, as far as the server has noted that. Pure.</summary>
internal static class TokenUse
{
    /// <summary>The first tokens of a server are made a moment before the list that says since when uses are noted.</summary>
    private const long Moment = 60_000;

    /// <summary>For people: <c>3 days ago</c>, <c>never</c>, or since when it is known that it was not.</summary>
    /// <param name="token">The token.</param>
    /// <param name="usesSince">Since when the server notes uses; null: it does not.</param>
    /// <param name="now">The time here.</param>
    public static string Describe(TokenView token, long? usesSince, DateTimeOffset now) =>
        token.LastUsedAt is { } at ? Times.FormatAgo(at, now)
        : usesSince is not { } since ? "unknown"
        : token.CreatedAt >= since - Moment ? "never" : $"not since {Times.FormatDay(since)}";

    /// <summary>
    /// True when nobody has used it for so long. A token is not younger than that, and what was before uses were noted is nobody's word:
    /// who revokes by this must not hit one that is in use.
    /// </summary>
    public static bool IsUnusedFor(TokenView token, long? usesSince, long milliseconds, DateTimeOffset now)
    {
        var before = now.ToUnixTimeMilliseconds() - milliseconds;
        return usesSince <= before && token.CreatedAt <= before && (token.LastUsedAt ?? 0) <= before;
    }
}
