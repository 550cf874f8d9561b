using OpenClaw.Cluster.Tests.Daemons;
using OpenClaw.Cluster.Tests.Report;
using OpenClaw.Cluster.Tests.Servers;

namespace OpenClaw.Cluster.Tests.Scenarios;

/// <summary>Something that is done to a cluster under load, and what it may cost.</summary>
internal sealed record Scenario(string Name, string Does, Func<ScenarioRun, Task> Inject)
{
    public ServersPlan Servers { get; init; } = new();

    /// <summary>Longest added latency of a client's call; null: as long as the database is away, the calls are.</summary>
    public TimeSpan? MayAdd { get; init; }

    /// <summary>When 503 is an honest answer: while the database is away, or while two clusters fight.</summary>
    public Unavailable Unavailable { get; init; }

    /// <summary>Compatible workers poll, too; more than a few where their open polls are the point. 0: none.</summary>
    public int CompatibleWorkers { get; init; } = 24;

    /// <summary>Workers of the session protocol without processes, which know only what this build's servers answer.</summary>
    public int LightWorkers { get; init; } = 3;

    /// <summary>The real daemons that take part.</summary>
    public IReadOnlyList<DaemonPlan> Daemons { get; init; } = DaemonPlan.Four;

    /// <summary>File tasks, approvals and agents' turns, too.</summary>
    public bool AllKinds { get; init; }

    /// <summary>Workers die, too: what they held must end by itself. Takes minutes.</summary>
    public bool WorkersDie { get; init; }

    /// <summary>Somebody lists the workers all the time: no look may fail.</summary>
    public bool IsLookedAt { get; init; }

    /// <summary>A read of a task that has not ended may be behind by so many ms.</summary>
    public long StaleFor { get; init; }

    /// <summary>Calm before and after.</summary>
    public TimeSpan Calm { get; init; } = TimeSpan.FromSeconds(8);
}
