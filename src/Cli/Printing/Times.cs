using System.Globalization;

namespace OpenClaw.Cli.Printing;

/// <summary>Moments as the wire has them, ms since 1970, for people.</summary>
internal static class Times
{
    public static string FormatTime(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
