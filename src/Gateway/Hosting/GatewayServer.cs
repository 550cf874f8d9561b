using Microsoft.AspNetCore.Hosting;
using OpenClaw.Cluster.Clocks;
using OpenClaw.Dashboard;
using OpenClaw.Gateway.Notifications;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.Hosting;
using OpenClaw.Hosting.Clocks;
using OpenClaw.Hosting.Health;
using OpenClaw.Hosting.Https;
using OpenClaw.Hosting.Https.Certificates;
using OpenClaw.Storage;
using OpenClaw.Storage.Postgres;
using OpenClaw.Storage.Postgres.Servers;
using OpenClaw.Telemetry;

namespace OpenClaw.Gateway.Hosting;

/// <summary>The process of a gateway: HTTP for clients and workers, grains elsewhere.</summary>
public static class GatewayServer
{
    /// <summary>Runs until a signal; the exit code.</summary>
    public static Task<int> Run(string[] arguments) => ServerCommand.Run(
        "OpenClaw gateway: HTTP for the clients and workers of a cluster.", GatewaySettings.All, arguments,
        GatewaySettings.ReadListenSettings, (reader, signals) => ServeUntilStopped(GatewaySettings.Read(reader), signals));

    private static async Task ServeUntilStopped(GatewaySettings settings, StopSignals signals)
    {
        ServerPorts.ThrowIfTaken(settings.Http.Address, settings.Http.Port, "WORKER_PORT");
        ServerPorts.ThrowIfTaken(settings.Http.Address, settings.MetricsPort, "OPENCLAW_METRICS_PORT");
        var certificates = settings.Http.OpenCertificates();
        var route = await PrepareDatabase(settings, signals.Stopping);
        settings = settings with { Member = settings.Member with { ConnectionString = route.ConnectionString } };
        var builder = ServerProcess.CreateBuilder(settings.Http, signals, certificates);
        builder.Configuration.AddChatSettings(Environment.GetEnvironmentVariable);
        builder.Configuration.AddWebhookSettings(Environment.GetEnvironmentVariable);
        var clock = new DatabaseClock(settings.Member.ConnectionString);
        builder.Services.AddAnchoredClock(await clock.CreateClock(signals.Stopping), clock, ClockVote.None);
        builder.AddClusterClient(settings.Member);
        builder.Services.AddPostgresPorts(settings.Member.ConnectionString, storage => storage.Notes.Senders = settings.MaxAddresses);
        builder.Services.AddServerWatch(route);
        builder.Services.AddSingleton<IReadinessCheck, DatabaseIsOurs>();
        builder.AddOpenClawGateway(options => settings.ApplyTo(options));
        AddObservability(builder, settings, certificates);
        await using var app = builder.Build();
        if (settings.MetricsPort != 0) app.UseMetricsPort(settings.MetricsPort);
        app.Use(next => context => CloseWhenStopping(next, context, signals));
        if (settings.HasDashboard) app.UseDashboard();
        app.MapOpenClaw();
        await ServerProcess.ServeUntilStopped(app, settings.Http, signals, settings.StopNotice,
            () => AnnounceReady(app, settings));
        app.Services.ThrowIfClockWasOff();
        if (app.Services.GetRequiredService<IServerWatch>().StopReason is { } ended)
            throw new StartupException(StartupException.Store, ended);
    }

    /// <summary>Metrics, traces and dashboard, each as far as it was asked for.</summary>
    private static void AddObservability(WebApplicationBuilder builder, GatewaySettings settings, ServerCertificates? certificates)
    {
        var metrics = settings.MetricsPort != 0;
        if (metrics)
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenOn(settings.Http.Address, settings.MetricsPort, certificates));
        var traces = builder.AddTelemetry("openclaw-gateway", metrics, Environment.GetEnvironmentVariable);
        builder.UseOrleansClient(client =>
        {
            if (traces) client.AddActivityPropagation();
            if (settings.HasDashboard) client.AddClusterDashboard();
        });
    }

    /// <summary>Waits for the database, and makes in it what is missing.</summary>
    private static async Task<DatabaseRoute> PrepareDatabase(GatewaySettings settings, CancellationToken stopping)
    {
        using var logs = ServerProcess.CreateLoggerFactory(settings.Http);
        try
        {
            return await PostgresSchema.EnsureUpToDate(
                settings.Member.ConnectionString, TimeProvider.System, logs.CreateLogger("OpenClaw.Gateway"), stopping);
        }
        catch (StoreStartException error)
        {
            throw new StartupException(StartupException.Store, error.Message);
        }
    }

    private static async Task<string> AnnounceReady(WebApplication app, GatewaySettings settings)
    {
        if (settings.SharedToken is not null) app.Logger.SharedTokenIsOn();
        if (settings.Http.Exposed) app.Logger.ServesPlainHttp(settings.Http.Address);
        var (tokens, created) = await EnsureTokens(app);
        foreach (var line in Announcement.FormatLines(tokens, created, settings.DataFolder)) await Console.Out.WriteLineAsync(line);
        var address = settings.Http.GetAnnouncedAddress(app);
        foreach (var line in Announcement.FormatTrustLines(address, app.Services.GetService<ServerCertificates>()))
            await Console.Out.WriteLineAsync(line);
        return $"Ready: {address.GetLeftPart(UriPartial.Authority)}";
    }

    private static async Task<(IReadOnlyList<IssuedToken> Tokens, bool Created)> EnsureTokens(WebApplication app)
    {
        try
        {
            return await app.Services.GetRequiredService<TokenBootstrapper>().EnsureTokens();
        }
        catch (InvalidDataException error)
        {
            throw new StartupException(StartupException.Usage, error.Message);
        }
    }

    /// <summary>So that no client has a connection open, and thinks it can use it, when the last one is closed.</summary>
    private static Task CloseWhenStopping(RequestDelegate next, HttpContext context, StopSignals signals)
    {
        if (signals.Stopping.IsCancellationRequested) context.CloseConnection();
        return next(context);
    }
}
