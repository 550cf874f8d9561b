using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Security;
using OpenClaw.Silo;

namespace OpenClaw.Standalone;

/// <summary>Gateway, silo and local worker: started in this order, ended in the other.</summary>
internal static class StandaloneServer
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    public static async Task Run(StandaloneOptions options, TextWriter output)
    {
        using var data = DataFolder.Open(options.DataFolder);
        ThrowIfTaken(options);
        await using var app = Build(options, data);
        await Start(app, options);
        if (options.SharedToken is not null) app.Logger.SharedTokenIsOn();
        if (options.Exposed) app.Logger.ServesPlainHttp(options.Address);
        var (tokens, created) = await app.Services.GetRequiredService<FirstStart>().EnsureTokens(app.Lifetime.ApplicationStopping);
        var server = AddressOf(app);
        var token = tokens.Single(t => t.Role == "worker").Token;
        await using var worker = options.Worker is { } local
            ? await LocalWorker.Start(local with { Url = server, Token = token }, app.Services)
            : null;

        await output.WriteLineAsync(Announcement.Of(server, data, tokens, created));
        await output.FlushAsync();
        await Stopping(app);
        if (worker is not null) await worker.DisposeAsync();
        await app.StopAsync(StopTimeout);
    }

    private static WebApplication Build(StandaloneOptions options, DataFolder data)
    {
        // The empty builder: no settings file of whatever folder the person stands in, no environment beyond our own.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = data.Path });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true)
            .SetMinimumLevel(options.Verbose ? LogLevel.Information : LogLevel.Warning).AddFilter("Orleans", LogLevel.Error)
            // A log scope and an activity a request, of use to nobody here: what fails is logged by the gateway itself.
            .AddFilter("Microsoft.AspNetCore.Hosting", LogLevel.None)
            // What stops a start is said by Program, once and in a sentence.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Configuration.AddInMemoryCollection(ChatSettings());
        builder.Services.AddSingleton(TimeProvider.System);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(options.Address, options.Port));
        builder.AddStandaloneSilo(data.Database);
        builder.AddOpenClawGateway(gateway =>
        {
            gateway.DataFolder = data.Path;
            gateway.SharedToken = options.SharedToken;
        });
        var app = builder.Build();
        app.MapOpenClaw();
        return app;
    }

    /// <summary>The gateway's chat settings by their names; nothing else of the environment can reach any part of the host.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> ChatSettings() =>
        new[] { "DISCORD_API_URL", "DISCORD_BOT_TOKEN", "DISCORD_PROXY" }
            .Select(name => KeyValuePair.Create(name, Environment.GetEnvironmentVariable(name)));

    private static async Task Start(WebApplication app, StandaloneOptions options)
    {
        try
        {
            await app.StartAsync();
        }
        catch (OptionsValidationException fault)
        {
            throw new RefusedToStartException(RefusedToStartException.Usage, string.Join('\n', fault.Failures));
        }
        catch (IOException fault) when (fault.InnerException is AddressInUseException)
        {
            throw Taken(options);
        }
    }

    /// <summary>Looked at first: a silo that starts only to be ended has a lot to say.</summary>
    private static void ThrowIfTaken(StandaloneOptions options)
    {
        try
        {
            using var probe = new TcpListener(options.Address, options.Port);
            probe.Start();
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw Taken(options);
        }
        catch (SocketException fault)
        {
            throw new RefusedToStartException(
                RefusedToStartException.Address, $"Can't listen on port {options.Port} of {options.Address}: {fault.Message}.");
        }
    }

    private static RefusedToStartException Taken(StandaloneOptions options) => new(
        RefusedToStartException.Address,
        $"Port {options.Port} on {options.Address} is in use. Stop what uses it, or choose another with --port (0: any free one).");

    private static Uri AddressOf(WebApplication app)
    {
        var features = app.Services.GetRequiredService<IServer>().Features;
        var bound = new Uri(features.Get<IServerAddressesFeature>()!.Addresses.First());
        var isAny = IPAddress.TryParse(bound.Host.Trim('[', ']'), out var address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        return isAny ? new UriBuilder(bound) { Host = "127.0.0.1" }.Uri : bound;
    }

    private static async Task Stopping(WebApplication app)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task;
    }
}
