using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage.Postgres;
using OpenClaw.Storage.Retention;
using OpenClaw.Storage.Tasks;
using Orleans.Storage;

namespace OpenClaw.Storage.Tests.Postgres;

/// <summary>The store on PostgreSQL, in a database of its own.</summary>
internal sealed class PostgresFixture : IStoreFixture
{
    private readonly Action<StorageOptions>? configure;
    private ServiceProvider services;
    private bool isKept;

    private PostgresFixture(string connection, Action<StorageOptions>? configure)
    {
        this.configure = configure;
        Connection = connection;
        services = Build();
    }

    public static async Task<IStoreFixture> Open(Action<StorageOptions>? configure) =>
        new PostgresFixture(await TestDatabase.Create(), configure);

    public static async Task<PostgresFixture> Open() => new(await TestDatabase.Create(), null);

    /// <summary>In a database of another server, that goes with it.</summary>
    public static async Task<PostgresFixture> On(string connection)
    {
        await PostgresSchema.EnsureUpToDate(connection, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        return new PostgresFixture(connection, null) { isKept = true };
    }

    public string Connection { get; }
    public FakeTimeProvider Clock { get; } = new(Sample.Noon);
    public PostgresDatabase Database => services.GetRequiredService<PostgresDatabase>();
    public PostgresStore Store => services.GetRequiredService<PostgresStore>();
    public IGrainStorage Tasks => services.GetRequiredKeyedService<IGrainStorage>(StorageHosting.Tasks);
    public IGrainStorage Values => services.GetRequiredKeyedService<IGrainStorage>(StorageHosting.Values);
    public IReminderTable Reminders => services.GetRequiredService<IReminderTable>();
    public ITaskIndex Index => services.GetRequiredService<ITaskIndex>();
    public IRunningLimits Limits => services.GetRequiredService<IRunningLimits>();
    public ITaskRows Rows => services.GetRequiredService<ITaskRows>();
    public ITaskList List => services.GetRequiredService<ITaskList>();
    public IOutputLog Output => services.GetRequiredService<IOutputLog>();
    public IAuditTrail Audit => services.GetRequiredService<IAuditTrail>();
    public IWebhookOutbox Webhooks => services.GetRequiredService<IWebhookOutbox>();
    public IWebhookSecrets Secrets => services.GetRequiredService<IWebhookSecrets>();
    public ITokenIds TokenIds => services.GetRequiredService<ITokenIds>();

    public IAuditChains Chains => services.GetRequiredService<IAuditChains>();

    public Task Execute(string sql) => Query("WITH changed AS (" + sql + " RETURNING 1) SELECT count(*)::text FROM changed");

    public async Task Reopen()
    {
        await services.DisposeAsync();
        services = Build();
    }

    /// <summary>What a killed process leaves: what is committed at this moment, of which this is a copy.</summary>
    public async Task<IStoreFixture> AfterKill() => new PostgresFixture(await TestDatabase.Copy(Connection), configure);

    public Task<long> SweepOnce() => services.GetRequiredService<RetentionSweep>().RunOnce(CancellationToken.None);

    public Task<List<string>> Notes() => Query("SELECT what FROM audit_notes ORDER BY seq");

    public async Task<long> DependentRows()
    {
        var tables = await Query(
            """
            SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'
                AND tablename IN ('task_specs', 'audit', 'output_chunks', 'output_cursors', 'webhooks')
            """);
        var rows = long.Parse((await Query("SELECT count(*)::text FROM conversations WHERE task_count > 0"))[0], null);
        foreach (var table in tables) rows += long.Parse((await Query($"SELECT count(*)::text FROM {table}"))[0], null);
        return rows;
    }

    public Task KeepPlace(string session) => Query(
        $"INSERT INTO orleans_values VALUES ('default', 'session', 0, 0, 'session:default/{session}', 1, '') RETURNING key");

    public Task<List<string>> Places() => Query("SELECT key FROM orleans_values WHERE state_name = 'session' ORDER BY key");

    public async Task<List<string>> Query(string sql) =>
        await Database.QueryRows(sql, _ => { }, row => row.GetString(0), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        if (!isKept) await TestDatabase.Drop(Connection);
    }

    private ServiceProvider Build()
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton<TimeProvider>(Clock);
        collection.AddPostgresStorage(Connection, configure);
        return collection.BuildServiceProvider();
    }
}
