using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage.Retention;
using OpenClaw.Storage.Sqlite.Audit;
using OpenClaw.Storage.Sqlite.Output;
using OpenClaw.Storage.Sqlite.Reminders;
using OpenClaw.Storage.Sqlite.Security;
using OpenClaw.Storage.Sqlite.Tasks;
using OpenClaw.Storage.Sqlite.Values;
using OpenClaw.Storage.Sqlite.Webhooks;
using OpenClaw.Storage.Tasks;
using Orleans.Storage;

namespace OpenClaw.Storage.Sqlite;

/// <summary>Puts the embedded store into a host.</summary>
public static class SqliteHosting
{
    /// <summary>
    /// The embedded store in one SQLite file, which is made when it is missing: grain storages <see cref="StorageHosting.Tasks"/> and
    /// <see cref="StorageHosting.Values"/>, reminders, the ports of grains and gateway, and retention. Opens the file when the host
    /// starts.
    /// </summary>
    public static IServiceCollection AddSqliteStorage(
        this IServiceCollection services, string databasePath, Action<StorageOptions>? configure = null)
    {
        services.AddStorageOptions(configure);
        services.AddTaskStorage();
        services.AddSingleton(provider => new SqliteStore(
            databasePath, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SqliteStore>>()));
        services.AddSingleton<IStoreState>(provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<ITaskRows, TaskRows>();
        services.AddKeyedSingleton<IGrainStorage, ValueStorage>(StorageHosting.Values);
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IGrainStorage>(StorageHosting.Values));
        services.AddSingleton<IReminderTable, ReminderTable>();
        services.AddSingleton<ITaskIndex, TaskIndex>();
        services.AddSingleton<IRunningLimits, RunningLimits>();
        services.AddSingleton<ITaskList, TaskList>();
        services.AddSingleton<IOutputLog>(provider => new OutputLog(
            provider.GetRequiredService<SqliteStore>(), provider.GetRequiredService<IOptions<StorageOptions>>().Value.Output));
        services.AddSingleton<IKeptOutput, KeptOutput>();
        services.AddSingleton<IWebhookOutbox, WebhookOutbox>();
        services.AddSingleton<IWebhookSecrets, WebhookSecrets>();
        services.AddSingleton<ITokenIds, TokenIds>();
        services.AddSingleton<IAgentSessionRetention, AgentSessionRetention>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<IAuditTrail>(provider => provider.GetRequiredService<AuditTrail>());
        services.AddSingleton<IAuditChains, AuditChains>();
        services.AddSingleton<IAuditNotes>(provider => provider.GetRequiredService<AuditTrail>());
        return services;
    }
}
