using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Output;
using OpenClaw.Storage.Reminders;
using OpenClaw.Storage.Retention;
using OpenClaw.Storage.Sqlite;
using OpenClaw.Storage.Tasks;
using OpenClaw.Storage.Values;
using Orleans.Storage;

namespace OpenClaw.Storage;

/// <summary>Puts a store into a host.</summary>
public static class StorageHosting
{
    /// <summary>Name of the grain storage of tasks.</summary>
    public const string Tasks = "tasks";

    /// <summary>Name of the grain storage of everything else: Orleans' default.</summary>
    public const string Values = "Default";

    /// <summary>
    /// The embedded store in one SQLite file, which is made when it is missing: grain storages <see cref="Tasks"/> and
    /// <see cref="Values"/>, reminders, the ports of grains and gateway, and retention. Opens the file when the host starts.
    /// </summary>
    public static IServiceCollection AddSqliteStorage(
        this IServiceCollection services, string databasePath, Action<StorageOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<StorageOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.AddSingleton(provider => new SqliteStore(
            databasePath, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SqliteStore>>()));

        services.AddKeyedSingleton<IGrainStorage, TaskStorage>(Tasks);
        services.AddKeyedSingleton<IGrainStorage, ValueStorage>(Values);
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IGrainStorage>(Values));
        services.AddSingleton<IReminderTable, ReminderTable>();

        services.AddSingleton<ITaskIndex, TaskIndex>();
        services.AddSingleton<TaskCounts>();
        services.AddSingleton<ITaskList, TaskList>();
        services.AddSingleton<IOutputLog>(provider => new OutputLog(
            provider.GetRequiredService<SqliteStore>(), provider.GetRequiredService<IOptions<StorageOptions>>().Value.Output));
        services.AddSingleton<IAuditTrail, AuditTrail>();

        services.AddSingleton<RetentionSweep>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<RetentionSweep>());
        return services;
    }
}
