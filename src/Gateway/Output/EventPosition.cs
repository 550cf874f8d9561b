using System.Globalization;

namespace OpenClaw.Gateway.Output;

/// <summary>
/// A place in the events of a task, as the id of an event says it: <c>version.attempt.sequence</c>, and <c>.end</c> on the last. What
/// comes before it has been sent: transitions up to the version, chunks of the attempt below the sequence.
/// </summary>
internal readonly record struct EventPosition(long Version, int Attempt, long Sequence, bool Ended = false)
{
    private const int LongestText = 54;

    /// <summary>Reads an id; false for a text that is none.</summary>
    public static bool TryParse(string? text, out EventPosition position)
    {
        position = default;
        if (text is null || text.Length > LongestText) return false;
        var parts = text.Split('.');
        if (parts.Length is not (3 or 4) || (parts.Length == 4 && parts[3] != "end")) return false;
        if (!TryParseNumber(parts[0], long.MaxValue, out var version) || !TryParseNumber(parts[1], int.MaxValue, out var attempt)
            || !TryParseNumber(parts[2], long.MaxValue, out var sequence)) return false;
        position = new(version, (int)attempt, sequence, parts.Length == 4);
        return true;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Version}.{Attempt}.{Sequence}{(Ended ? ".end" : "")}");

    private static bool TryParseNumber(string text, long max, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= max;
}
