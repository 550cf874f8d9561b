using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces;
using OpenClaw.Grains.Queues;
using OpenClaw.Grains.Tasks;
using OpenClaw.Grains.Workers;

namespace OpenClaw.Grains;

/// <summary>Puts what the grains need beside them into a silo. The ports and storages come from a store.</summary>
public static class GrainsHosting
{
    /// <summary>Options of tasks and queues, checked before anything runs, and the services of the task grains.</summary>
    public static IServiceCollection AddOpenClawGrains(this IServiceCollection services) => services.AddOpenClawGrains(new TaskOptions());

    internal static IServiceCollection AddOpenClawGrains(this IServiceCollection services, TaskOptions options)
    {
        if (options.Validate() is { Count: > 0 } errors)
            throw new OptionsValidationException(nameof(TaskOptions), typeof(TaskOptions), errors);
        services.AddClusterErrors();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<TaskServices>();
        services.AddSingleton<ClusterChanges>();
        services.AddSingleton(new ProcessPauses(TimeProvider.System, options.StaleAfter));
        services.AddSingleton<TaskCountReport>();
        services.AddSingleton<OnlineWorkers>();
        services.AddSingleton<LimitedTokens>();
        return services;
    }
}
