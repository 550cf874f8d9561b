using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenClaw.Grains.Workers;
using OpenClaw.Storage.Retention;
using OpenClaw.Storage.Tasks;
using Orleans.Storage;

namespace OpenClaw.Storage;

/// <summary>What every store brings into a host, whatever its database.</summary>
public static class StorageHosting
{
    /// <summary>Name of the grain storage of tasks.</summary>
    public const string Tasks = "tasks";

    /// <summary>Name of the grain storage of everything else: Orleans' default.</summary>
    public const string Values = "Default";

    internal static void AddStorageOptions(this IServiceCollection services, Action<StorageOptions>? configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<StorageOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.AddOptions<WorkerNameOptions>().Configure<IOptions<StorageOptions>>(
            // A name is remembered at least as long as the tasks that ran under it: their results are judged by its sessions.
            (names, storage) => names.ForgetAfter = TimeSpan.FromTicks(
                Math.Max(storage.Value.ForgetAfter.Ticks, storage.Value.KeepFinished.Ticks)));
        services.AddSingleton<TaskCounts>();
    }

    /// <summary>For whoever hosts the grains: the storage of tasks, and retention.</summary>
    internal static void AddTaskStorage(this IServiceCollection services)
    {
        services.AddKeyedSingleton<IGrainStorage, TaskStorage>(Tasks);
        services.AddSingleton<RetentionTables>();
        services.AddSingleton<RetentionSweep>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<RetentionSweep>());
    }
}
