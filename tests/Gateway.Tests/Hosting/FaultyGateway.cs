using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenClaw.Gateway.Hosting;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>Kestrel and the gateway over grains that do what a test says; the store is not there at all.</summary>
internal sealed class FaultyGateway : IAsyncDisposable
{
    public const string Token = "shared-token-of-the-tests";

    private readonly WebApplication app;
    private readonly TaskCompletionSource hungUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FaultyGateway(WebApplication app, FakeGrains grains, NotedAudit audit) => (this.app, Grains, Audit) = (app, grains, audit);

    public FakeGrains Grains { get; }

    public NotedAudit Audit { get; }

    /// <summary>Done once the server has seen that a client hung up during its request.</summary>
    public Task HungUp => hungUp.Task;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public static async Task<FaultyGateway> Start(
        Action<GatewayOptions>? configure = null, bool knowsTokens = true, TimeProvider? clock = null)
    {
        var (grains, audit) = (new FakeGrains(), new NotedAudit());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddSingleton<IGrainFactory>(grains);
        builder.Services.AddSingleton<IAuditTrail>(audit);
        builder.Services.AddSingleton<IAuditChains, NoChains>();
        builder.Services.AddSingleton<IOutputLog, NoStore>();
        builder.Services.AddSingleton<ITaskList, NoStore>();
        builder.Services.AddSingleton<IWebhookOutbox, NoWebhooks>();
        builder.Services.AddSingleton<IWebhookSecrets, NoWebhooks>();
        builder.Services.AddSingleton<ITokenIds, AnyTokenIds>();
        builder.AddOpenClawGateway(options =>
        {
            (options.DataFolder, options.SharedToken) = ("nowhere", Token);
            configure?.Invoke(options);
        });
        var gateway = new FaultyGateway(builder.Build(), grains, audit);
        gateway.app.Use(gateway.Watch);
        gateway.app.MapOpenClaw();
        if (knowsTokens) gateway.TellTokens();
        await gateway.app.StartAsync();
        var server = gateway.app.Services.GetRequiredService<IServer>();
        gateway.Address = new(server.Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return gateway;
    }

    /// <summary>From now on a token that the store does not know is a wrong one.</summary>
    public void TellTokens() => app.Services.GetRequiredService<TokenReadiness>().MarkReady();

    public Task Stop() => app.StopAsync();

    public HttpClient Http(string? token = Token)
    {
        var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return http;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Watch(HttpContext context, RequestDelegate next)
    {
        await using var watch = context.RequestAborted.Register(() => hungUp.TrySetResult());
        await next(context);
    }

    internal sealed class NotedAudit : IAuditTrail
    {
        private readonly Lock gate = new();
        private readonly List<AuditNote> notes = [];

        public IReadOnlyList<AuditNote> Notes
        {
            get
            {
                lock (gate) return [.. notes];
            }
        }

        public ValueTask<IReadOnlyList<AuditEntry>> ReadEntries(Guid task, long afterVersion, CancellationToken cancellation) =>
            new(Array.Empty<AuditEntry>());

        public void AddNote(AuditNote note)
        {
            lock (gate) notes.Add(note);
        }
    }

    /// <summary>A store that has gone.</summary>
    private sealed class NoStore : IOutputLog, ITaskList
    {
        public ValueTask<(AppendResult Result, OutputCursor Cursor)> Append(
            Guid task, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation) =>
            throw new IOException("gone");

        public ValueTask<OutputCursor> ReadCursor(Guid task, int attempt, CancellationToken cancellation) =>
            throw new IOException("gone");

        public ValueTask<IReadOnlyList<OutputEnd>> ReadLatestEnds(IReadOnlyCollection<Guid> tasks, CancellationToken cancellation) =>
            throw new IOException("gone");

        public ValueTask<IReadOnlyList<OutputChunk>> ReadChunks(
            Guid task, int attempt, OutputStream? stream, long fromSequence, int maxBytes, CancellationToken cancellation) =>
            throw new IOException("gone");

        public ValueTask<IReadOnlyList<OutputChunk>> ReadFromOffset(
            Guid task, int attempt, OutputStream stream, long offset, int maxBytes, CancellationToken cancellation) =>
            throw new IOException("gone");

        public ValueTask<int> CountQueued(string tenant, string tokenId, int limit, CancellationToken cancellation) =>
            throw new IOException("gone");

        public ValueTask<IReadOnlyDictionary<TaskState, long>> CountUnended(string tenant, CancellationToken cancellation) =>
            throw new IOException("gone");

        public ValueTask<TaskPage> ReadPage(TaskQuery query, CancellationToken cancellation) =>
            throw new IOException("gone");

        public ValueTask<IReadOnlyDictionary<TaskState, long>> CountAll(string tenant, CancellationToken cancellation) =>
            throw new IOException("gone");

        public ValueTask<IReadOnlyList<SessionActivity>> ReadSessions(string tenant, int limit, CancellationToken cancellation) =>
            throw new IOException("gone");
    }
}
