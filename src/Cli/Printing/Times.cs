using System.Globalization;

namespace OpenClaw.Cli.Printing;

/// <summary>Moments as the wire has them, ms since 1970, for people.</summary>
internal static class Times
{
    public static string FormatTime(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string FormatDay(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>How long ago that was: <c>3 days ago</c>. What is in the future by another clock is now.</summary>
    public static string FormatAgo(long milliseconds, DateTimeOffset now)
    {
        var minutes = (now.ToUnixTimeMilliseconds() - milliseconds) / 60_000;
        return minutes switch
        {
            < 1 => "just now",
            < 60 => $"{CountedNoun.FormatCount(minutes, "minute")} ago",
            < 48 * 60 => $"{CountedNoun.FormatCount(minutes / 60, "hour")} ago",
            _ => $"{CountedNoun.FormatCount(minutes / 60 / 24, "day")} ago",
        };
    }
}
