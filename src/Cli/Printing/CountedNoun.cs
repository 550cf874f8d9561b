using System.Globalization;

namespace OpenClaw.Cli.Printing;

/// <summary>A number and its noun as people write them: <c>1 chain</c>, <c>2 chains</c>.</summary>
internal static class CountedNoun
{
    /// <param name="count">How many.</param>
    /// <param name="one">The noun for one of them; any other number of them has an s.</param>
    public static string FormatCount(long count, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? "" : "s")}");
}
