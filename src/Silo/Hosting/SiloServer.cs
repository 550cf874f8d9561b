using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenClaw.Cluster.Clocks;
using OpenClaw.Dashboard;
using OpenClaw.Hosting;
using OpenClaw.Hosting.Clocks;
using OpenClaw.Hosting.Health;
using OpenClaw.Silo.Health;
using OpenClaw.Storage;
using OpenClaw.Storage.Postgres;
using OpenClaw.Storage.Postgres.Servers;
using OpenClaw.Telemetry;

namespace OpenClaw.Silo.Hosting;

/// <summary>The process of a silo: grains for the cluster, and HTTP for whoever watches it.</summary>
public static class SiloServer
{
    /// <summary>Runs until a signal; the exit code.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="compose">What else goes into the host.</param>
    public static Task<int> Run(string[] arguments, Action<WebApplicationBuilder>? compose = null) => ServerCommand.Run(
        "OpenClaw silo: runs the grains of a cluster on PostgreSQL.", SiloSettings.All, arguments,
        SiloSettings.ReadListenSettings, (reader, signals) => ServeUntilStopped(SiloSettings.Read(reader), signals, compose));

    private static async Task ServeUntilStopped(SiloSettings settings, StopSignals signals, Action<WebApplicationBuilder>? compose)
    {
        ServerPorts.ThrowIfTaken(settings.Http.Address, settings.Http.Port, "OPENCLAW_HTTP_PORT");
        var route = await PrepareDatabase(settings, signals.Stopping);
        settings = settings with { Member = settings.Member with { ConnectionString = route.ConnectionString } };
        var options = settings.ToSiloOptions();
        ServerPorts.ThrowIfTaken(options.AdvertisedAddress, options.SiloPort, "OPENCLAW_SILO_PORT");
        ServerPorts.ThrowIfTaken(options.AdvertisedAddress, options.GatewayPort, "OPENCLAW_SILO_GATEWAY_PORT");
        var builder = ServerProcess.CreateBuilder(settings.Http, signals);
        builder.AddClusterSilo(options, settings.Storage);
        var clock = new DatabaseClock(settings.Member.ConnectionString);
        builder.Services.AddAnchoredClock(await clock.CreateClock(signals.Stopping), clock, ClockVote.Counts);
        builder.Services.AddRouting().AddHealth();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<IReadinessCheck, SiloIsActive>();
        builder.Services.AddSingleton<IReadinessCheck, DatabaseIsWritable>();
        builder.Services.AddSingleton<IReadinessCheck, StoreTakesWrites>();
        builder.Services.AddServerWatch(route);
        builder.Services.AddSingleton<IReadinessCheck, DatabaseIsOurs>();
        AddObservability(builder, settings);
        compose?.Invoke(builder);
        await using var app = builder.Build();
        app.UseRouting();
        app.MapHealth();
        app.MapMetrics();
        await ServerProcess.ServeUntilStopped(app, settings.Http, signals, TimeSpan.Zero, () => Task.FromResult(FormatReadyLine(app)));
        app.Services.ThrowIfClockWasOff();
        if (app.Services.GetRequiredService<IServerWatch>().StopReason is { } ended)
            throw new StartupException(StartupException.Store, ended);
    }

    /// <summary>Metrics always; traces and dashboard when they were asked for.</summary>
    private static void AddObservability(WebApplicationBuilder builder, SiloSettings settings)
    {
        var traces = builder.AddTelemetry("openclaw-silo", metrics: true, Environment.GetEnvironmentVariable);
        builder.UseOrleans(silo =>
        {
            if (traces) silo.AddActivityPropagation();
            if (settings.HasDashboard) silo.AddClusterDashboard();
        });
    }

    /// <summary>Waits for the database, and makes in it what is missing.</summary>
    private static async Task<DatabaseRoute> PrepareDatabase(SiloSettings settings, CancellationToken stopping)
    {
        using var logs = ServerProcess.CreateLoggerFactory(settings.Http);
        try
        {
            return await PostgresSchema.EnsureUpToDate(
                settings.Member.ConnectionString, TimeProvider.System, logs.CreateLogger("OpenClaw.Silo"), stopping);
        }
        catch (StoreStartException error)
        {
            throw new StartupException(StartupException.Store, error.Message);
        }
    }

    private static string FormatReadyLine(WebApplication app)
    {
        var silo = app.Services.GetRequiredService<ILocalSiloDetails>();
        return $"Ready: {ServerPorts.GetLocalAddress(app).GetLeftPart(UriPartial.Authority)}, "
            + $"silo {silo.SiloAddress.Endpoint}, for gateways {silo.GatewayAddress.Endpoint}";
    }
}
