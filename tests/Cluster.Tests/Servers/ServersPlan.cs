namespace OpenClaw.Cluster.Tests.Servers;

/// <summary>How many of what, and which errors the silos' stores make by themselves.</summary>
internal sealed record ServersPlan(int Silos = 2, int Gateways = 2)
{
    /// <summary>Share of writes that fail before, after, and by a second writer; 0: the product's own silo.</summary>
    public StoreFaults Store { get; init; } = new();

    /// <summary>Each silo is process 1 of a pid namespace of its own, as in a container.</summary>
    public bool Contained { get; init; }

    /// <summary>Each process has a wall clock of its own, which can be set.</summary>
    public bool HaveOwnClocks { get; init; }

    /// <summary>All begin as the older build of <see cref="OlderBuild"/>.</summary>
    public bool Older { get; init; }

    /// <summary>The second half of silos and gateways is a cluster of its own, on the same database and service.</summary>
    public bool TwoClusters { get; init; }
}

/// <summary>Shares of a silo's writes of tasks, 0 to 1.</summary>
internal sealed record StoreFaults(double Before = 0, double After = 0, double Conflict = 0)
{
    public bool Any => Before + After + Conflict > 0;
}
