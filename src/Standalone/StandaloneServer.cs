using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Notifications;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.Hosting;
using OpenClaw.Hosting.Clocks;
using OpenClaw.Hosting.Https;
using OpenClaw.Hosting.Https.Certificates;
using OpenClaw.Silo;
using OpenClaw.Storage;
using OpenClaw.Worker;

namespace OpenClaw.Standalone;

/// <summary>Gateway, silo and local worker: started in this order, ended in the other.</summary>
internal static class StandaloneServer
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    public static async Task Run(StandaloneOptions options, StopSignals signals, TextWriter output)
    {
        using var data = DataFolder.Open(options.DataFolder);
        ServerPorts.ThrowIfTaken(options.Http.Address, options.Http.Port, "--port");
        var certificates = options.Http.OpenCertificates();
        await using var app = BuildApp(options, signals, data, certificates);
        await using var stop = signals.Stopping.Register(app.Lifetime.StopApplication);
        WorkerDaemon.EraseSecretVariables(StandaloneOptions.TokenVariables);
        await StartApp(app, options);
        if (options.SharedToken is not null) app.Logger.SharedTokenIsOn();
        if (options.Http.Exposed) app.Logger.ServesPlainHttp(options.Http.Address);
        var (tokens, created) = await StartTokens.EnsureTokens(app, data, options.Worker is not null);
        var token = tokens.Single(t => t.Role == "worker").Token;
        var stopping = app.Lifetime.ApplicationStopping;
        await using var worker = options.Worker is { } local
            ? await LocalWorker.Start(local with { Url = ServerPorts.GetPlainAddress(app), Token = token }, app.Services, stopping)
            : null;

        if (!stopping.IsCancellationRequested)
        {
            var server = options.Http.GetAnnouncedAddress(app);
            var isReachable = !IPAddress.IsLoopback(options.Http.Address);
            await output.WriteLineAsync(Announcement.FormatText(server, data, tokens, created, certificates, isReachable));
        }
        await output.FlushAsync();
        await WaitForStop(app);
        if (worker is not null) await worker.DisposeAsync();
        await app.StopAsync(StopTimeout);
    }

    private static WebApplication BuildApp(
        StandaloneOptions options, StopSignals signals, DataFolder data, ServerCertificates? certificates)
    {
        var builder = ServerProcess.CreateBuilder(data.Path, options.Http.Verbose, signals);
        builder.Configuration.AddChatSettings(Environment.GetEnvironmentVariable);
        builder.Configuration.AddWebhookSettings(Environment.GetEnvironmentVariable);
        Listen(builder, options, certificates);
        var clock = new ClockFile(data.Clock, data.Database, TimeProvider.System);
        builder.Services.AddAnchoredClock(clock.CreateClock(), clock, ClockVote.Counts);
        builder.AddStandaloneSilo(data.Database);
        builder.AddOpenClawGateway(gateway =>
        {
            gateway.DataFolder = data.Path;
            gateway.WorkerFiles = options.WorkerFiles;
            gateway.PublicUrl = options.Http.Https.PublicUrl;
            gateway.SharedToken = options.SharedToken;
            gateway.Tokens = options.Tokens;
            gateway.MaxAddresses = options.MaxAddresses;
            gateway.TrustedProxies = options.TrustedProxies;
        });
        builder.Services.Configure<StorageOptions>(storage =>
        {
            storage.Notes.Senders = options.MaxAddresses;
            storage.SetRetention(options.KeepDays, options.KeepOutput, options.ForgetAfter, options.KeepAuditDays);
        });
        var app = builder.Build();
        app.MapOpenClaw();
        return app;
    }

    /// <summary>The local worker speaks plain HTTP over loopback, whatever others speak: beside HTTPS it has a port of its own.</summary>
    private static void Listen(WebApplicationBuilder builder, StandaloneOptions options, ServerCertificates? certificates)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenOn(options.Http.Address, options.Http.Port, certificates));
        if (certificates is null) return;
        builder.AddCertificates(certificates);
        if (options.Worker is not null) builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
    }

    private static async Task StartApp(WebApplication app, StandaloneOptions options)
    {
        try
        {
            await app.StartAsync();
        }
        catch (OptionsValidationException error)
        {
            throw new StartupException(StartupException.Usage, string.Join('\n', error.Failures));
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw ServerPorts.CreateTakenError(options.Http.Address, options.Http.Port, "--port");
        }
    }

    private static async Task WaitForStop(WebApplication app)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task;
    }
}
