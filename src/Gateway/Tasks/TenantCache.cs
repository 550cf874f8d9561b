using System.Collections.Concurrent;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
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

    /// <summary>Every worker that a caller may know of, without the attempts it runs.</summary>
    public async ValueTask<WorkerSnapshot[]> GetWorkers(Caller caller) => caller.KeepVisible(await workers.GetValue(caller.Tenant));

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

/// <summary>
/// An answer per tenant that may be a moment old. The first callers wait for it together; later ones get what is known while one of them
/// fetches it anew. What nobody asked about for longer is too old to be told to anybody: then it is waited for again.
/// </summary>
internal sealed class StaleWhileRevalidate<T>(TimeSpan freshFor, TimeProvider clock, Func<string, Task<T>> fetch) where T : class
{
    private readonly ConcurrentDictionary<string, Entry> entries = new();
    private readonly TimeSpan tooOld = 5 * freshFor;

    public ValueTask<T> GetValue(string tenant)
    {
        var entry = entries.GetOrAdd(tenant, static _ => new Entry());
        var age = clock.GetElapsedTime(entry.FetchedAt);
        if (entry.Value is { } known && age <= tooOld)
        {
            if (age > freshFor && entry.TryClaimRefresh()) _ = RefreshInBackground(entry, tenant);
            return new(known);
        }
        return new(entry.JoinFetch(() => FetchValue(entry, tenant)));
    }

    private async Task<T> FetchValue(Entry entry, string tenant)
    {
        var value = await fetch(tenant);
        entry.SetValue(value, clock.GetTimestamp());
        return value;
    }

    private async Task RefreshInBackground(Entry entry, string tenant)
    {
        try
        {
            await FetchValue(entry, tenant);
        }
        catch (Exception)
        {
            // What is known stays; the error of the store reaches whoever needs more of it.
            entry.ReleaseClaim();
        }
    }

    private sealed class Entry
    {
        private readonly Lock gate = new();
        private Task<T>? first;
        private int fetching;
        private long fetchedAt;
        private volatile T? value;

        public T? Value => value;
        public long FetchedAt => Volatile.Read(ref fetchedAt);

        /// <summary>The fetch that is under way, or a new one.</summary>
        public Task<T> JoinFetch(Func<Task<T>> begin)
        {
            lock (gate) return first is { IsCompleted: false } ? first : first = begin();
        }

        public bool TryClaimRefresh() => Interlocked.CompareExchange(ref fetching, 1, 0) == 0;

        public void ReleaseClaim() => Volatile.Write(ref fetching, 0);

        public void SetValue(T fetched, long at)
        {
            Volatile.Write(ref fetchedAt, at);
            value = fetched;
            ReleaseClaim();
        }
    }
}
