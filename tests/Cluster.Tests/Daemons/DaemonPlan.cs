using OpenClaw.Cluster.Tests.Load;

namespace OpenClaw.Cluster.Tests.Daemons;

/// <summary>A daemon to be: its name, and what its owner has set.</summary>
internal sealed record DaemonPlan(string Name)
{
    /// <summary>What runs of the mix's tasks when nothing else is asked for.</summary>
    public static IReadOnlyList<DaemonPlan> Four { get; } = [.. Enumerable.Range(0, 4).Select(n => new DaemonPlan($"daemon-{n}"))];

    public string Labels { get; init; } = TaskMix.Daemon;
    public int Slots { get; init; } = 4;

    /// <summary>Text of its policy.json; null: it has none.</summary>
    public string? Policy { get; init; }

    /// <summary>Text of its settings.json; null: it has none.</summary>
    public string? Settings { get; init; }

    /// <summary>Its clock can be set; only its own, its programs go by the machine's.</summary>
    public bool HasOwnClock { get; init; }
}
