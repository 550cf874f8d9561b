using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Grains.Telemetry;

/// <summary>What every instrument of the grains has in common. docs/observability.md lists them all.</summary>
internal static class Instruments
{
    /// <summary>Name of the meter and of the source of spans, the same in every project.</summary>
    public const string Name = "OpenClaw";

    /// <summary>Kinds that are told apart; what comes after them is counted as <see cref="OtherKinds"/>.</summary>
    public const int MostKinds = 24;

    /// <summary>Label of the kinds too many.</summary>
    public const string OtherKinds = "other";

    /// <summary>The built-in kinds have their place, however many others come first.</summary>
    private static readonly ConcurrentDictionary<string, string> Labels =
        new(Kinds.BuiltIn.Select(kind => KeyValuePair.Create(kind, kind)), StringComparer.Ordinal);

    /// <summary>Instruments that count what happens in this process.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>Spans of the grains.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Durations of tasks, in seconds: from a pick-up within a millisecond to a run of hours.</summary>
    public static InstrumentAdvice<double> Durations { get; } = new()
    {
        HistogramBucketBoundaries =
        [
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400,
        ],
    };

    /// <summary>
    /// The label of a kind. Clients choose the names of custom kinds, so only the first few that are seen get a series of their own.
    /// </summary>
    public static string ToKindLabel(string kind)
    {
        if (Labels.TryGetValue(kind, out var known)) return known;
        return Labels.Count < MostKinds ? Labels.GetOrAdd(kind, kind) : OtherKinds;
    }

    /// <summary>A label and its value.</summary>
    public static KeyValuePair<string, object?> CreateLabel(string name, string value) => new(name, value);
}
