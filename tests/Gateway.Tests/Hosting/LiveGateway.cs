using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenClaw.Gateway.Security;
using OpenClaw.Silo;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>
/// Gateway and silo in this process on a SQLite file of their own, behind a real port on loopback. A class fixture, or made by
/// a test that needs settings of its own or a restart.
/// </summary>
public sealed class LiveGateway : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>The shared token of compatibility mode.</summary>
    public const string SharedToken = "shared-token-of-the-tests";

    private readonly Dictionary<string, string?> settings;
    private readonly Action<IServiceCollection>? configure;
    private readonly LiveGateway? first;
    private readonly List<HttpClient> clients = [];
    private readonly KeptFailures failures = new();
    private WebApplication? app;

    public LiveGateway() : this([])
    {
    }

    internal LiveGateway(Dictionary<string, string?> settings, Action<IServiceCollection>? configure = null) =>
        (this.settings, this.configure) = (settings, configure);

    private LiveGateway(LiveGateway first) : this([]) => (this.first, Folder) = (first, first.Folder);

    /// <summary>The data folder; kept over a restart.</summary>
    public string Folder { get => field ??= Directory.CreateTempSubdirectory("openclaw-gateway-").FullName; }

    public Uri Address => new(app!.Urls.First());

    /// <summary>The container of the running host.</summary>
    public IServiceProvider Services => app!.Services;

    /// <summary>What the gateway logged about requests it could not answer, for the message of a failing test.</summary>
    public string Failures => string.Join("\n", failures.Texts);

    /// <summary>Token of each role.</summary>
    public IReadOnlyDictionary<string, string> Tokens { get; private set; } = new Dictionary<string, string>();

    public HttpClient Client { get; private set; } = new();
    public HttpClient Worker { get; private set; } = new();
    public HttpClient Admin { get; private set; } = new();

    /// <summary>A client with the shared token, as everything of the original has it.</summary>
    public HttpClient Shared { get; private set; } = new();

    /// <summary>A gateway that a test has for itself.</summary>
    internal static async Task<LiveGateway> Start(Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? configure = null)
    {
        var gateway = new LiveGateway(settings ?? [], configure);
        await gateway.InitializeAsync();
        return gateway;
    }

    /// <summary>A cluster of its own on the same database: every grain can be active here as well.</summary>
    internal static async Task<LiveGateway> StartBeside(LiveGateway first)
    {
        var second = new LiveGateway(first);
        await second.InitializeAsync();
        return second;
    }

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(failures);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddStandaloneSilo(Path.Combine(Folder, "openclaw.db"));
        builder.AddOpenClawGateway(options => (options.DataFolder, options.SharedToken) = (Folder, SharedToken));
        configure?.Invoke(builder.Services);
        app = builder.Build();
        app.MapOpenClaw();
        await app.StartAsync();
        var (tokens, _) = await app.Services.GetRequiredService<TokenBootstrapper>().EnsureTokens();
        Tokens = tokens.ToDictionary(token => token.Role, token => token.Token);
        (Client, Worker, Admin, Shared) = (With(Tokens["client"]), With(Tokens["worker"]), With(Tokens["admin"]), With(SharedToken));
    }

    /// <summary>A client with this token; none: without one.</summary>
    public HttpClient With(string? token)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        clients.Add(client);
        return client;
    }

    /// <summary>Ends the host and starts another one on the same data folder.</summary>
    public async Task Restart()
    {
        await Stop();
        await InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await Stop();
        if (first is null) Directory.Delete(Folder, recursive: true);
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    private async Task Stop()
    {
        foreach (var client in clients) client.Dispose();
        clients.Clear();
        if (app is not null) await app.DisposeAsync();
        app = null;
    }

    private sealed class KeptFailures : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Texts { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && exception is not null) Texts.Enqueue($"{formatter(state, exception)}: {exception}");
        }

        public void Dispose()
        {
        }
    }
}
