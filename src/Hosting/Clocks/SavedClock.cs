using System.Globalization;

namespace OpenClaw.Hosting.Clocks;

/// <summary>What a server leaves of its clock.</summary>
/// <param name="Boot">The start of the machine it ran in; null: not known.</param>
/// <param name="Origin">Its time when that start was.</param>
/// <param name="Ahead">How far it was ahead of the machine's clock.</param>
internal sealed record SavedClock(string? Boot, DateTimeOffset Origin, TimeSpan Ahead)
{
    private const char Gap = ' ';
    private const string Unknown = "-";

    /// <summary>
    /// The time a server begins with. Where nothing waits or runs that is the machine's; else it is that of the server before, carried on
    /// by what nobody can set as long as the machine has not been started anew. Pure.
    /// </summary>
    public static DateTimeOffset DecideStartTime(SavedClock? saved, string? boot, TimeSpan sinceBoot, DateTimeOffset wall, bool isIdle) =>
        isIdle || saved is null ? wall
        : saved.Boot is not null && saved.Boot == boot ? saved.Origin + sinceBoot
        : wall + saved.Ahead;

    /// <summary>Reads what <see cref="ToString"/> wrote; null when the text is not of that form.</summary>
    public static SavedClock? Parse(string text) =>
        text.Trim().Split(Gap) is [var boot, var origin, var ahead]
        && DateTimeOffset.TryParseExact(origin, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        && TimeSpan.TryParseExact(ahead, "c", CultureInfo.InvariantCulture, out var distance)
            ? new SavedClock(boot == Unknown ? null : boot, time, distance)
            : null;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Boot ?? Unknown}{Gap}{Origin:O}{Gap}{Ahead:c}\n");
}
