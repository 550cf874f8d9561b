using System.Globalization;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.Requests;

/// <summary>What the numbers of requests may be, as text for the problem of one that is out of range.</summary>
internal static class Ranges
{
    /// <summary>The range of a field by its name on the wire; null for one that has none.</summary>
    public static string? FindRange(string field) => field switch
    {
        "timeout" => FormatRange(1, Limits.Timeout),
        "startWithin" => FormatRange(1, Limits.StartWithin),
        "maxAttempts" => FormatRange(1, Limits.MaxAttempts),
        "killGrace" => FormatRange(0, Limits.KillGrace),
        "silence" => FormatRange(Limits.MinSilence, Limits.Timeout),
        "priority" => FormatRange(0, Limits.Priority),
        "wait" => FormatRange(0, Limits.Wait),
        "freeSlots" => FormatRange(0, Limits.FreeSlots),
        "maxConcurrent" => FormatRange(1, Limits.MaxConcurrent),
        "offset" or "length" or "sequence" or "duration" or "stdoutBytes" or "stderrBytes" => FormatRange(0, long.MaxValue),
        _ => null,
    };

    public static string FormatRange(long min, long max) =>
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");
}
