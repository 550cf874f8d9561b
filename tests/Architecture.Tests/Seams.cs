namespace OpenClaw.Architecture.Tests;

/// <summary>Public types of projects that are no contracts: what a host composes with, and what another project implements.</summary>
internal static class Seams
{
    public static string[] Of(string project) => project switch
    {
        "Grains" =>
        [
            "OpenClaw.Grains.GrainsHosting",
            "OpenClaw.Grains.Ports.ITaskIndex", "OpenClaw.Grains.Tasks.TaskRecord", "OpenClaw.Grains.Tasks.Transition",
        ],
        "Storage" =>
        [
            "OpenClaw.Storage.StorageHosting", "OpenClaw.Storage.StorageOptions", "OpenClaw.Storage.Output.OutputLimits",
            "OpenClaw.Storage.StoreStartException", "OpenClaw.Storage.Sqlite.SqliteHosting",
            "OpenClaw.Storage.Postgres.PostgresHosting", "OpenClaw.Storage.Postgres.PostgresSchema", "OpenClaw.Storage.GroupCommit.StoreUnavailableException",
        ],
        "Cluster" => ["OpenClaw.Cluster.ClusterTls", "OpenClaw.Cluster.ClusterTlsException", "OpenClaw.Cluster.MembershipDatabase"],
        "Silo" => ["OpenClaw.Silo.SiloHosting", "OpenClaw.Silo.SiloOptions"],
        "Gateway" =>
        [
            "OpenClaw.Gateway.GatewayHosting", "OpenClaw.Gateway.GatewayOptions", "OpenClaw.Gateway.Notifications.NotificationOptions",
            "OpenClaw.Gateway.Security.FirstStart", "OpenClaw.Gateway.Security.IssuedToken",
        ],
        "Worker" =>
        [
            "OpenClaw.Worker.WorkerDaemon", "OpenClaw.Worker.WorkerOptions", "OpenClaw.Worker.WorkerArguments", "OpenClaw.Worker.ExitCodes",
        ],
        _ => [],
    };
}
