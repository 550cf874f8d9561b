using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Sessions;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Queues;
using Orleans.Storage;

namespace OpenClaw.Grains.Tasks;

/// <summary>
/// What every task grain needs, resolved once for the silo: a task lives for milliseconds, so its activation must cost next to nothing.
/// </summary>
internal sealed class TaskServices(
    [FromKeyedServices("tasks")] IGrainStorage storage, TaskOptions options, TimeProvider clock, IAuditTrail audit,
    IServiceProvider services, ILogger<TaskGrain> log)
{
    private readonly ConcurrentDictionary<(string Tenant, string Pool), IQueueGrain> queues = new();
    private readonly IGrainFactory grains = services.GetRequiredService<IGrainFactory>();

    public IGrainStorage Storage { get; } = storage;
    public TaskOptions Options { get; } = options;
    public TimeProvider Clock { get; } = clock;
    public IAuditTrail Audit { get; } = audit;
    public ILogger Log { get; } = log;
    public ClusterChanges ClusterChanges { get; } = services.GetRequiredService<ClusterChanges>();

    public LimitedTokens LimitedTokens { get; } = services.GetRequiredService<LimitedTokens>();

    public ProcessPauses Pauses { get; } = services.GetRequiredService<ProcessPauses>();

    /// <summary>Set when the process is asked to stop: whoever is held is to be let go at once.</summary>
    public CancellationToken Stopping { get; } =
        services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;

    public IAgentSessionGrain GetAgentSession(string tenant, string key) =>
        grains.GetGrain<IAgentSessionGrain>(GrainKeys.ForAgentSession(tenant, key));

    public IQueueGrain GetQueue(TaskSpec spec) =>
        queues.GetOrAdd(
            (spec.Tenant, spec.Pool),
            static (key, grains) => grains.GetGrain<IQueueGrain>(GrainKeys.ForQueue(key.Tenant, key.Pool)),
            grains);
}
