using OpenClaw.Gateway.Problems;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tasks;

/// <summary>What many requests want to know of a tenant and none needs to the millisecond.</summary>
internal sealed class TenantCache(IGrainFactory grains, ITaskList tasks, TimeProvider clock)
{
    private const int CountedSessions = 1_000;

    private readonly StaleWhileRevalidate<IReadOnlyDictionary<TaskState, long>> counts =
        new(TimeSpan.FromSeconds(1), clock, async tenant => await tasks.CountAll(tenant, CancellationToken.None));

    /// <summary>Apart from the others: a submit does not wait until what has ended is counted.</summary>
    private readonly StaleWhileRevalidate<IReadOnlyDictionary<TaskState, long>> unended =
        new(TimeSpan.FromSeconds(1), clock, async tenant => await tasks.CountUnended(tenant, CancellationToken.None));

    private readonly StaleWhileRevalidate<WorkerSnapshot[]> workers =
        new(TimeSpan.FromSeconds(1), clock,
            tenant => grains.GetGrain<IWorkerDirectoryGrain>(GrainKeys.ForWorkerDirectory(tenant)).Describe());

    private readonly StaleWhileRevalidate<object> sessions =
        new(TimeSpan.FromSeconds(5), clock,
            async tenant => (await tasks.ReadSessions(tenant, CountedSessions, CancellationToken.None)).Count);

    /// <summary>Tasks in each state.</summary>
    public ValueTask<IReadOnlyDictionary<TaskState, long>> GetCounts(string tenant) => counts.GetValue(tenant);

    /// <summary>Every worker, without the attempts it runs.</summary>
    public ValueTask<WorkerSnapshot[]> GetWorkers(string tenant) => workers.GetValue(tenant);

    /// <summary>Conversations, at most a thousand.</summary>
    public async ValueTask<int> CountSessions(string tenant) => (int)await sessions.GetValue(tenant);

    /// <summary>True when no further task may be queued. Where nobody can count, the submit itself says whether there is a store.</summary>
    public async ValueTask<bool> IsFull(string tenant)
    {
        try
        {
            return (await unended.GetValue(tenant)).GetValueOrDefault(TaskState.Queued) >= Protocol.Limits.QueuedTasks;
        }
        catch (Exception error) when (ProblemMiddleware.IsInfrastructureError(error))
        {
            return false;
        }
    }
}
