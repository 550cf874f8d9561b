using Microsoft.Extensions.Time.Testing;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Grains.Ports;
using Orleans.Storage;

namespace OpenClaw.Storage.Tests;

/// <summary>A store of one back end as the contract tests see it: only its ports.</summary>
public interface IStoreFixture : IAsyncDisposable
{
    FakeTimeProvider Clock { get; }
    IGrainStorage Tasks { get; }
    IGrainStorage Values { get; }
    IReminderTable Reminders { get; }
    ITaskIndex Index { get; }
    IRunningLimits Limits { get; }
    ITaskList List { get; }
    IOutputLog Output { get; }
    IAuditTrail Audit { get; }
    IWebhookOutbox Webhooks { get; }
    IWebhookSecrets Secrets { get; }
    ITokenIds TokenIds { get; }
    IAuditChains Chains { get; }

    /// <summary>Changes the database behind the store's back.</summary>
    Task Execute(string sql);

    /// <summary>Closes in good order and opens what is stored.</summary>
    Task Reopen();

    /// <summary>A second store on what would be on the disk if the process were killed now.</summary>
    Task<IStoreFixture> AfterKill();

    /// <summary>One turn of retention; tasks deleted.</summary>
    Task<long> SweepOnce();

    /// <summary>Words of all audit notes, oldest first. The port only takes notes.</summary>
    Task<List<string>> Notes();

    /// <summary>Rows in the tables that hang on tasks: specs, audit, output, webhooks, conversations that have tasks.</summary>
    Task<long> DependentRows();

    /// <summary>What the grain of a conversation keeps: where its files are.</summary>
    Task KeepPlace(string session);

    /// <summary>Keys of the grains that keep where a conversation's files are.</summary>
    Task<List<string>> Places();
}

/// <summary>A fresh store for each test.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    protected IStoreFixture Store { get; private set; } = null!;

    protected abstract Task<IStoreFixture> Open(Action<StorageOptions>? configure);

    protected virtual void Configure(StorageOptions options)
    {
    }

    public async Task InitializeAsync() => Store = await Open(Configure);

    public async Task DisposeAsync() => await Store.DisposeAsync();
}
