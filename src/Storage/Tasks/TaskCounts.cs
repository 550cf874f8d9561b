using System.Collections.Concurrent;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Storage.Tasks;

/// <summary>
/// Tasks per state, counted over an index at most every few seconds, and the more seldom the longer counting takes, so that
/// however often somebody asks it costs a hundredth of a core.
/// </summary>
internal sealed class TaskCounts(ITaskRows rows, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    public async ValueTask<IReadOnlyDictionary<TaskState, long>> Get(string tenant, CancellationToken cancellation)
    {
        if (entries.TryGetValue(tenant, out var entry) && clock.GetUtcNow() < entry.Until) return entry.Counts;
        var start = clock.GetTimestamp();
        var counts = await rows.Count(tenant, cancellation).ConfigureAwait(false);
        var valid = clock.GetElapsedTime(start) * 100;
        entries[tenant] = new Entry(counts, clock.GetUtcNow() + (valid > Fresh ? valid : Fresh));
        return counts;
    }

    private sealed record Entry(IReadOnlyDictionary<TaskState, long> Counts, DateTimeOffset Until);
}
