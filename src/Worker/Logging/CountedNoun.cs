using System.Globalization;

namespace OpenClaw.Worker.Logging;

/// <summary>A number and its noun as people write them: <c>1 task</c>, <c>2 tasks</c>.</summary>
internal static class CountedNoun
{
    /// <param name="count">How many.</param>
    /// <param name="one">The noun for one of them, or a phrase that ends with it.</param>
    /// <param name="many">The noun for any other number, where it is not <paramref name="one"/> with an s.</param>
    public static string FormatCount(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");
}
