namespace OpenClaw.Architecture.Tests;

/// <summary>Public types of projects that are no contracts: what a host composes with, and what another project implements.</summary>
internal static class Seams
{
    public static string[] Of(string project) => project switch
    {
        "Grains" =>
        [
            "OpenClaw.Grains.Ports.ITaskIndex", "OpenClaw.Grains.Tasks.TaskRecord", "OpenClaw.Grains.Tasks.Transition",
        ],
        "Gateway" => ["OpenClaw.Gateway.GatewayHosting", "OpenClaw.Gateway.GatewayOptions", "OpenClaw.Gateway.Security.FirstStart",
            "OpenClaw.Gateway.Security.IssuedToken"],
        "Worker" => ["OpenClaw.Worker.ExitCodes", "OpenClaw.Worker.WorkerArguments",
            "OpenClaw.Worker.WorkerDaemon", "OpenClaw.Worker.WorkerOptions"],
        _ => [],
    };
}
