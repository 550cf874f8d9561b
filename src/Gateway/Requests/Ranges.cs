using System.Globalization;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.Requests;

/// <summary>What the numbers of requests may be, as text for a refusal of one that is no such number.</summary>
internal static class Ranges
{
    /// <summary>The range of a field by its name on the wire; null for one that has none.</summary>
    public static string? Of(string field) => field switch
    {
        "timeout" => Between(1, Limits.Timeout),
        "startWithin" => Between(1, Limits.StartWithin),
        "maxAttempts" => Between(1, Limits.MaxAttempts),
        "killGrace" => Between(0, Limits.KillGrace),
        "silence" => Between(Limits.MinSilence, Limits.Timeout),
        "priority" => Between(0, Limits.Priority),
        "wait" => Between(0, Limits.Wait),
        "freeSlots" => Between(0, Limits.FreeSlots),
        "maxConcurrent" => Between(1, Limits.MaxConcurrent),
        "offset" or "length" or "sequence" or "duration" or "stdoutBytes" or "stderrBytes" => Between(0, long.MaxValue),
        _ => null,
    };

    public static string Between(long min, long max) =>
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");
}
