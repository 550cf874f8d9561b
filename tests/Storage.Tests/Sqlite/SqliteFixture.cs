using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage.Retention;
using OpenClaw.Storage.Sqlite;
using OpenClaw.Storage.Tasks;
using Orleans.Storage;

namespace OpenClaw.Storage.Tests.Sqlite;

/// <summary>The embedded store in a folder of its own.</summary>
internal sealed class SqliteFixture : IStoreFixture
{
    private readonly Action<StorageOptions>? configure;
    private ServiceProvider services;

    public SqliteFixture(Action<StorageOptions>? configure = null, string? folder = null)
    {
        this.configure = configure;
        Folder = folder ?? Directory.CreateTempSubdirectory("openclaw-store-").FullName;
        services = Build();
    }

    public static Task<IStoreFixture> Open(Action<StorageOptions>? configure) =>
        Task.FromResult<IStoreFixture>(new SqliteFixture(configure));

    public string Folder { get; }
    public string Path => System.IO.Path.Combine(Folder, "openclaw.db");
    public FakeTimeProvider Clock { get; } = new(Sample.Noon);
    public SqliteStore Database => services.GetRequiredService<SqliteStore>();
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

    public Task Execute(string sql)
    {
        using var database = SqliteDatabase.OpenWriter(Path);
        database.Execute(sql);
        return Task.CompletedTask;
    }

    public async Task Reopen()
    {
        await services.DisposeAsync();
        services = Build();
    }

    public async Task<IStoreFixture> AfterKill()
    {
        var copy = Directory.CreateTempSubdirectory("openclaw-killed-").FullName;
        using var reader = await Database.Readers.Rent(CancellationToken.None);
        // A kill stops everything at one moment, copying does not: an open reader keeps the log from starting over meanwhile.
        using (reader.Database.BeginRead())
        using (var look = reader.Database.GetStatement("SELECT 1 FROM tasks LIMIT 1"))
        {
            look.Step();
            foreach (var ending in (string[])["", "-wal"]) File.Copy(Path + ending, System.IO.Path.Combine(copy, "openclaw.db" + ending));
        }
        return new SqliteFixture(configure, copy);
    }

    public Task<long> SweepOnce() => services.GetRequiredService<RetentionSweep>().RunOnce(CancellationToken.None);

    public Task<List<string>> Notes() => Query("SELECT what FROM audit_notes ORDER BY seq", row => row.GetText(0));

    public async Task<long> DependentRows() => (await Query(
        """
        SELECT (SELECT count(*) FROM task_specs) + (SELECT count(*) FROM audit) + (SELECT count(*) FROM output_chunks)
            + (SELECT count(*) FROM output_cursors)
            + (SELECT count(*) FROM webhooks) + (SELECT count(*) FROM conversations WHERE task_count > 0)
        """,
        row => row.GetLong(0)))[0];

    public Task KeepPlace(string session) => Values.WriteStateAsync(
        "session", GrainId.Create("agentsession", $"session:default/{session}"), new GrainState<string>("""{"Worker":"pc"}"""));

    public Task<List<string>> Places() => Query("SELECT key FROM stored_values WHERE name = 'session' ORDER BY key", row => row.GetText(0));

    public async Task<List<T>> Query<T>(string sql, Func<Statement, T> read)
    {
        using var reader = await Database.Readers.Rent(CancellationToken.None);
        using var rows = reader.Database.GetStatement(sql);
        var found = new List<T>();
        while (rows.Step()) found.Add(read(rows));
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private ServiceProvider Build()
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton<TimeProvider>(Clock);
        collection.AddSqliteStorage(Path, configure);
        return collection.BuildServiceProvider();
    }
}
