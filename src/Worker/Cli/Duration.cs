using System.Globalization;

namespace OpenClaw.Worker.Cli;

/// <summary>A time as people type it: <c>90s</c>, <c>20m</c>, <c>2h</c>, <c>1d</c>.</summary>
internal static class Duration
{
    public const string Form = "a number with s, m, h or d behind it, such as 20m";

    /// <summary>Whole seconds; null: it is none.</summary>
    public static long? ParseSeconds(string text)
    {
        long? unit = text is [.., var letter] ? letter switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => null } : null;
        return unit is { } length && long.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is >= 1 and <= 1_000_000 ? count * length : null;
    }

    /// <summary>For people: <c>9 min 50 s</c>.</summary>
    public static string FormatMilliseconds(long milliseconds)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);
        return time.TotalHours >= 1 ? FormatInvariant($"{(long)time.TotalHours} h {time.Minutes} min")
            : time.TotalMinutes >= 1 ? FormatInvariant($"{time.Minutes} min {time.Seconds} s") : FormatInvariant($"{time.Seconds} s");
    }

    private static string FormatInvariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
