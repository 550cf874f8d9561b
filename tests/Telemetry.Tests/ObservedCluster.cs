using System.Net.Http.Headers;
using OpenClaw.Telemetry.Tests.Collector;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Postgres;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker;

namespace OpenClaw.Telemetry.Tests;

/// <summary>
/// A silo and a gateway, each a process, on PostgreSQL, with all there is to observe switched on; a worker in this process.
/// </summary>
public sealed class ObservedCluster : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly CancellationTokenSource stop = new();
    private readonly int metricsPort = FreePort.Find();
    private SiloProcess silo = null!;
    private GatewayProcess gateway = null!;
    private Task? worker;

    public StandInCollector Collector { get; private set; } = null!;
    public HttpClient SiloHttp { get; private set; } = new();
    public HttpClient GatewayMetrics { get; private set; } = new();
    public HttpClient Client { get; private set; } = new();
    public HttpClient Admin { get; private set; } = new();
    public HttpClient Nobody { get; private set; } = new();
    public Api Api { get; private set; } = null!;

    /// <summary>A file that is gone after the tests.</summary>
    public string File(string name) => folder.File(name);

    public async Task InitializeAsync()
    {
        Collector = await StandInCollector.Start();
        var database = await (await PostgresServer.ForAll).CreateDatabase();
        (string, string)[] environment =
        [
            ("OPENCLAW_DASHBOARD", "true"), ("OTEL_EXPORTER_OTLP_ENDPOINT", Collector.Address.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "200"),
        ];
        silo = await SiloProcess.Start(database, environment);
        gateway = await GatewayProcess.Start(database, [.. environment, ("OPENCLAW_METRICS_PORT", $"{metricsPort}")]);
        (SiloHttp, GatewayMetrics) = (new() { BaseAddress = silo.Url }, new() { BaseAddress = new($"http://127.0.0.1:{metricsPort}") });
        (Client, Admin, Nobody) = (With(gateway.TokenOf("client")), With(gateway.TokenOf("admin")), new() { BaseAddress = gateway.Url });
        Api = gateway.As(gateway.TokenOf("client"));
        var options = new WorkerOptions
        {
            Url = gateway.Url, Token = gateway.TokenOf("worker"), Name = "pc", Home = folder.File("worker"), DrainTimeout = TimeSpan.Zero,
        };
        worker = Task.Run(() => WorkerDaemon.RunUntilStopped(options, TextWriter.Null, stop.Token));
    }

    public async Task DisposeAsync()
    {
        await stop.CancelAsync();
        if (worker is not null) await worker;
        await gateway.DisposeAsync();
        await silo.DisposeAsync();
        await Collector.DisposeAsync();
        foreach (var http in new[] { SiloHttp, GatewayMetrics, Client, Admin, Nobody }) http.Dispose();
        folder.Dispose();
    }

    private HttpClient With(string token)
    {
        var http = new HttpClient { BaseAddress = gateway.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}

[CollectionDefinition(Name)]
public sealed class ObservedCollection : ICollectionFixture<ObservedCluster>
{
    public const string Name = "observed";
}
