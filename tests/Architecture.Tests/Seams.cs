namespace OpenClaw.Architecture.Tests;

/// <summary>Public types of projects that are no contracts: what a host composes with, and what another project implements.</summary>
internal static class Seams
{
    public static string[] Of(string project) => project switch
    {
        "Grains" =>
        [
            "OpenClaw.Grains.GrainsHosting", "OpenClaw.Grains.Workers.WorkerNameOptions",
            "OpenClaw.Grains.Ports.ITaskIndex", "OpenClaw.Grains.Ports.OutputApartException", "OpenClaw.Grains.Tasks.TaskRecord",
            "OpenClaw.Grains.Ports.IRunningLimits", "OpenClaw.Grains.Ports.LimitedToken", "OpenClaw.Grains.Ports.RunningLoad",
            "OpenClaw.Grains.Tasks.Transition",
        ],
        "Storage" =>
        [
            "OpenClaw.Storage.StorageHosting", "OpenClaw.Storage.StorageOptions", "OpenClaw.Storage.IStoreState",
                "OpenClaw.Storage.Output.OutputLimits",
            "OpenClaw.Storage.Audit.NoteLimits",
            "OpenClaw.Storage.StoreStartException", "OpenClaw.Storage.Sqlite.SqliteHosting", "OpenClaw.Storage.Sqlite.UnfinishedTasks",
            "OpenClaw.Storage.Postgres.PostgresHosting", "OpenClaw.Storage.Postgres.PostgresSchema",
                "OpenClaw.Storage.GroupCommit.StoreUnavailableException",
            "OpenClaw.Storage.Postgres.DatabaseRoute", "OpenClaw.Storage.Postgres.Servers.IServerWatch",
        ],
        "Hosting" =>
        [
            "OpenClaw.Hosting.ServerCommand", "OpenClaw.Hosting.ServerProcess", "OpenClaw.Hosting.ServerPorts",
                "OpenClaw.Hosting.StopSignals",
            "OpenClaw.Hosting.StartupException", "OpenClaw.Hosting.Settings.Setting", "OpenClaw.Hosting.Settings.SettingsReader",
            "OpenClaw.Hosting.Settings.ListenSettings", "OpenClaw.Hosting.Health.HealthEndpoints",
                "OpenClaw.Hosting.Health.IReadinessCheck",
            "OpenClaw.Hosting.Clocks.AnchoredClock", "OpenClaw.Hosting.Clocks.ClockHosting", "OpenClaw.Hosting.Clocks.ClockVote",
            "OpenClaw.Hosting.Clocks.IClockReference", "OpenClaw.Hosting.Clocks.ClockReading",
        ],
        "Cluster" =>
            ["OpenClaw.Cluster.Settings.MemberSettings", "OpenClaw.Cluster.Settings.LocalAddress", "OpenClaw.Cluster.ClusterTls",
                "OpenClaw.Cluster.ClusterTlsException", "OpenClaw.Cluster.MembershipDatabase", "OpenClaw.Cluster.Clocks.DatabaseClock"],
        "Silo" => ["OpenClaw.Silo.Hosting.SiloServer", "OpenClaw.Silo.SiloHosting", "OpenClaw.Silo.SiloOptions"],
        "Gateway" =>
        [
            "OpenClaw.Gateway.GatewayHosting", "OpenClaw.Gateway.GatewayOptions", "OpenClaw.Gateway.Notifications.NotificationOptions",
            "OpenClaw.Gateway.Hosting.GatewayServer", "OpenClaw.Gateway.Hosting.ProxySettings", "OpenClaw.Gateway.Hosting.ProgramSettings",
            "OpenClaw.Gateway.Notifications.ChatSettings", "OpenClaw.Gateway.Webhooks.WebhookSettings",
            "OpenClaw.Gateway.Security.TokenBootstrapper", "OpenClaw.Gateway.Security.IssuedToken",
        ],
        "Dashboard" => ["OpenClaw.Dashboard.DashboardHosting"],
        "Telemetry" => ["OpenClaw.Telemetry.TelemetryHosting"],
        "Worker" =>
        [
            "OpenClaw.Worker.WorkerDaemon", "OpenClaw.Worker.WorkerOptions", "OpenClaw.Worker.WorkerArguments", "OpenClaw.Worker.ExitCodes",
        ],
        _ => [],
    };
}
