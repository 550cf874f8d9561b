using System.Globalization;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Requests;

/// <summary>What the numbers of requests may be, as text for the problem of one that is out of range.</summary>
internal static class Ranges
{
    /// <summary>The range of a field by its name on the wire; null for one that has none.</summary>
    public static string? FindRange(string field) => Envelope.FindRange(field) is { } range
        ? FormatRange(range.Min, range.Max)
        : field switch
        {
            "freeSlots" => FormatRange(0, Limits.FreeSlots),
            "maxConcurrent" => FormatRange(1, Limits.MaxConcurrent),
            "offset" or "length" or "sequence" or "duration" or "stdoutBytes" or "stderrBytes" => FormatRange(0, long.MaxValue),
            _ => null,
        };

    public static string FormatRange(long min, long max) =>
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");
}
