using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Security;
using OpenClaw.Silo;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace OpenClaw.Telemetry.Tests;

/// <summary>
/// Gateway, silo and a worker in this process, measured and traced as their own processes are; spans go into a list instead of to a
/// collector.
/// </summary>
public sealed class MeasuredServer : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly CancellationTokenSource stop = new();
    private readonly KeptSpans spans = new();
    private WebApplication? app;
    private Task? worker;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Find()}");
    public Uri MetricsAddress { get; } = new($"http://127.0.0.1:{FreePort.Find()}");

    /// <summary>Has the client's token.</summary>
    public HttpClient Client { get; private set; } = new();

    /// <summary>Has no token, and the port of the metrics.</summary>
    public HttpClient Metrics { get; private set; } = new();

    /// <summary>A worker of the compatible protocol's connection.</summary>
    public Api CompatibleApi { get; private set; } = null!;

    public Api Api { get; private set; } = null!;

    /// <summary>What the grains were asked.</summary>
    public CountedCalls Calls { get; } = new();

    /// <summary>Spans of one trace that have ended.</summary>
    public IReadOnlyList<Activity> SpansOf(string traceId) => [.. spans.All.Where(span => span.TraceId.ToHexString() == traceId)];

    /// <summary>All spans that have ended.</summary>
    public IReadOnlyList<Activity> Spans => spans.All;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, Address.Port);
            kestrel.Listen(IPAddress.Loopback, MetricsAddress.Port);
        });
        builder.AddStandaloneSilo(folder.File("openclaw.db"));
        builder.UseOrleans(silo => silo.AddActivityPropagation().AddIncomingGrainCallFilter(Calls));
        builder.AddOpenClawGateway(options => options.DataFolder = folder.Path);
        // A collector that is not there: what can't be sent is dropped.
        builder.AddTelemetry("openclaw-tests", metrics: true, name => name == "OTEL_EXPORTER_OTLP_ENDPOINT" ? "http://127.0.0.1:9" : null);
        builder.Services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddProcessor(new SimpleActivityExportProcessor(spans)));
        app = builder.Build();
        app.UseMetricsPort(MetricsAddress.Port);
        app.MapOpenClaw();
        await app.StartAsync();
        await Connect(app.Services);
    }

    public async Task DisposeAsync()
    {
        await stop.CancelAsync();
        if (worker is not null) await worker;
        await app!.DisposeAsync();
        foreach (var disposable in new IDisposable[] { Client, Metrics, Api, CompatibleApi, stop, spans, folder }) disposable.Dispose();
    }

    private async Task Connect(IServiceProvider services)
    {
        var (issued, _) = await services.GetRequiredService<TokenBootstrapper>().EnsureTokens();
        var tokens = issued.ToDictionary(token => token.Role, token => token.Token);
        Client = new HttpClient { BaseAddress = Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens["client"]);
        Metrics = new HttpClient { BaseAddress = MetricsAddress };
        Api = new Api(Address, tokens["client"]);
        CompatibleApi = new Api(Address, tokens["worker"]);
        var (options, errors) = WorkerArguments.ParseOptions(name => name switch
        {
            "WORKER_URL" => Address.ToString(),
            "WORKER_TOKEN" => tokens["worker"],
            "OPENCLAW_WORKER_HOME" => folder.File("worker"),
            "WORKER_NAME" => "pc",
            _ => null,
        }, "pc", folder.Path);
        Assert.True(options is not null, string.Join('\n', errors));
        worker = Task.Run(() => WorkerDaemon.RunUntilStopped(options, TextWriter.Null, stop.Token));
    }

    private sealed class KeptSpans : BaseExporter<Activity>
    {
        private readonly List<Activity> kept = [];

        public IReadOnlyList<Activity> All
        {
            get
            {
                lock (kept) return [.. kept];
            }
        }

        public override ExportResult Export(in Batch<Activity> batch)
        {
            lock (kept)
            {
                foreach (var span in batch) kept.Add(span);
            }
            return ExportResult.Success;
        }
    }
}

[CollectionDefinition(Name)]
public sealed class MeasuredCollection : ICollectionFixture<MeasuredServer>
{
    public const string Name = "measured";
}
