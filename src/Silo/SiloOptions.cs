using System.Net;
using OpenClaw.Cluster;

namespace OpenClaw.Silo;

/// <summary>A silo of a cluster: which cluster, which database, where others reach it.</summary>
public sealed record SiloOptions
{
    /// <summary>Name of cluster and service when nothing else is said.</summary>
    public const string DefaultName = "openclaw";

    /// <summary>PostgreSQL, as Npgsql reads it. The database must have been prepared.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Silos and gateways of one cluster id find each other. 1 to 100 characters.</summary>
    public string ClusterId { get; init; } = DefaultName;

    /// <summary>What is stored belongs to a service id; keep it when the cluster id changes. 1 to 100 characters.</summary>
    public string ServiceId { get; init; } = DefaultName;

    /// <summary>Where other silos and the gateways reach this one, and where it listens; not a wildcard.</summary>
    public required IPAddress AdvertisedAddress { get; init; }

    /// <summary>Port for other silos; 0: a free one.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>Port for gateways; 0: a free one.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary>Certificates of the cluster; null: plaintext, for a private network only.</summary>
    public ClusterTls? Tls { get; init; }
}
