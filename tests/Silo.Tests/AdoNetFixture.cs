using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage;
using OpenClaw.Storage.Tests;
using Orleans.Storage;

namespace OpenClaw.Silo.Tests;

/// <summary>
/// Values and reminders as a silo of the product has them, on PostgreSQL. The other ports have their tests in Storage.Tests.
/// </summary>
internal sealed class AdoNetFixture : IStoreFixture
{
    private readonly string connection;
    private IHost silo = null!;

    private AdoNetFixture(string connection) => this.connection = connection;

    public FakeTimeProvider Clock { get; } = new(Sample.Noon);
    public IGrainStorage Values => silo.Services.GetRequiredKeyedService<IGrainStorage>(StorageHosting.Values);
    public IReminderTable Reminders => silo.Services.GetRequiredService<IReminderTable>();
    public IGrainStorage Tasks => throw Elsewhere();
    public ITaskIndex Index => throw Elsewhere();
    public IRunningLimits Limits => throw Elsewhere();
    public ITaskList List => throw Elsewhere();
    public IOutputLog Output => throw Elsewhere();
    public IAuditTrail Audit => throw Elsewhere();
    public IAuditChains Chains => throw Elsewhere();
    public IWebhookOutbox Webhooks => throw Elsewhere();
    public IWebhookSecrets Secrets => throw Elsewhere();
    public ITokenIds TokenIds => silo.Services.GetRequiredService<ITokenIds>();

    public Task Execute(string sql) => throw Elsewhere();

    public static async Task<IStoreFixture> Open() => await OpenOn(await PreparedDatabase.Create());

    public async Task Reopen()
    {
        silo.Dispose();
        await Build();
    }

    /// <summary>Retention as the silo starts it; it sweeps at once.</summary>
    public Task StartRetention() => silo.Services.GetServices<IHostedService>()
        .Single(service => service.GetType().Name == "RetentionSweep").StartAsync(CancellationToken.None);

    /// <summary>A conversation whose last task has gone long ago.</summary>
    public async Task AddSilentConversation(string session)
    {
        await using var server = NpgsqlDataSource.Create(this.connection);
        await using var add = server.CreateCommand($"INSERT INTO conversations VALUES (1, 0, 'default', '{session}')");
        await add.ExecuteNonQueryAsync();
    }

    /// <summary>What is committed is in the server, whatever becomes of a process.</summary>
    public async Task<IStoreFixture> AfterKill() => await OpenOn(this.connection);

    public Task<long> SweepOnce() => throw Elsewhere();
    public Task<List<string>> Notes() => throw Elsewhere();
    public Task<long> DependentRows() => throw Elsewhere();
    public Task KeepPlace(string session) => throw Elsewhere();
    public Task<List<string>> Places() => throw Elsewhere();

    public ValueTask DisposeAsync()
    {
        silo.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<AdoNetFixture> OpenOn(string connection)
    {
        var fixture = new AdoNetFixture(connection);
        await fixture.Build();
        return fixture;
    }

    /// <summary>Only the stores of the silo are started, in the way the silo does it.</summary>
    private async Task Build()
    {
        silo = SiloHost.Build(SiloHost.Options(this.connection));
        var lifecycle = new SiloLifecycleSubject(NullLogger<SiloLifecycleSubject>.Instance);
        ((ILifecycleParticipant<ISiloLifecycle>)Values).Participate(lifecycle);
        await lifecycle.OnStart();
        await Reminders.StartAsync();
    }

    private static NotSupportedException Elsewhere() => new("Not a part of Orleans' own providers.");
}
