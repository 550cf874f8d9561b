using OpenClaw.Gateway.Problems;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tasks;

/// <summary>What many requests want to know of a tenant and none needs to the millisecond.</summary>
internal sealed class TenantFacts(IGrainFactory grains, ITaskList tasks, TimeProvider clock)
{
    private const int CountedSessions = 1_000;

    private readonly Remembered<IReadOnlyDictionary<TaskState, long>> counts =
        new(TimeSpan.FromSeconds(1), clock, async tenant => await tasks.Count(tenant, CancellationToken.None));

    /// <summary>Apart from the others: a submit does not wait until what has ended is counted.</summary>
    private readonly Remembered<IReadOnlyDictionary<TaskState, long>> unended =
        new(TimeSpan.FromSeconds(1), clock, async tenant => await tasks.CountUnended(tenant, CancellationToken.None));

    private readonly Remembered<WorkerSnapshot[]> workers =
        new(TimeSpan.FromSeconds(1), clock, tenant => grains.GetGrain<IWorkerDirectoryGrain>(GrainKeys.ForWorkerDirectory(tenant)).Describe());

    private readonly Remembered<object> sessions =
        new(TimeSpan.FromSeconds(5), clock, async tenant => (await tasks.Sessions(tenant, CountedSessions, CancellationToken.None)).Count);

    /// <summary>Tasks in each state.</summary>
    public ValueTask<IReadOnlyDictionary<TaskState, long>> Counts(string tenant) => counts.Get(tenant);

    /// <summary>Every worker, without the attempts it runs.</summary>
    public ValueTask<WorkerSnapshot[]> Workers(string tenant) => workers.Get(tenant);

    /// <summary>Conversations, at most a thousand.</summary>
    public async ValueTask<int> Sessions(string tenant) => (int)await sessions.Get(tenant);

    /// <summary>True when no further task may be queued. Where nobody can count, the submit itself says whether there is a store.</summary>
    public async ValueTask<bool> IsFull(string tenant)
    {
        try
        {
            return (await unended.Get(tenant)).GetValueOrDefault(TaskState.Queued) >= Protocol.Limits.QueuedTasks;
        }
        catch (Exception failure) when (ProblemMiddleware.IsInfrastructure(failure))
        {
            return false;
        }
    }
}
