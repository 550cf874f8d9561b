namespace OpenClaw.GrainInterfaces.Workers;

/// <summary>Who asks for, holds or reports an attempt.</summary>
[GenerateSerializer, Immutable, Alias("Holder")]
public sealed record Holder
{
    /// <summary>Name of the worker within its tenant.</summary>
    [Id(0)] public required string Worker { get; init; }
    /// <summary>Tenant of the worker; a task of another tenant does not exist for it.</summary>
    [Id(1)] public string Tenant { get; init; } = "default";
    /// <summary>Epoch of its session, 1-based, only grows; 0 for a worker of the compatible protocol.</summary>
    [Id(2)] public long Epoch { get; init; }
    /// <summary>Labels it offers, canonical form of <see cref="Queues.LabelSet"/>.</summary>
    [Id(3)] public required string Offers { get; init; }
    /// <summary>Id of the token it came with, for the audit.</summary>
    [Id(4)] public string? TokenId { get; init; }
    /// <summary>Address it came from, for the audit.</summary>
    [Id(5)] public string? Address { get; init; }
    /// <summary>False for the compatible protocol: the lease is then timeout + killGrace + 60 s.</summary>
    public bool Heartbeats => Epoch > 0;
}
