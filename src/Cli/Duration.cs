using System.Globalization;

namespace OpenClaw.Cli;

/// <summary>A time as people type it: <c>90s</c>, <c>20m</c>, <c>2h</c>, <c>90d</c>.</summary>
internal static class Duration
{
    public const string Form = "a number with s, m, h or d behind it, such as 90d";

    /// <summary>Whole seconds; null: it is none.</summary>
    public static long? ParseSeconds(string text)
    {
        long? unit = text is [.., var letter] ? letter switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => null } : null;
        return unit is { } length && long.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is >= 1 and <= 1_000_000_000 ? count * length : null;
    }

    /// <summary>In the largest unit that fits: <c>2h</c>.</summary>
    public static string FormatMilliseconds(long milliseconds)
    {
        (long Length, string Unit)[] units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, " ms")];
        var (length, unit) = Array.Find(units, one => milliseconds % one.Length == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / length}{unit}");
    }
}
