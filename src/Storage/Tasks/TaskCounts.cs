using System.Collections.Concurrent;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Sqlite;

namespace OpenClaw.Storage.Tasks;

/// <summary>
/// Tasks per state, counted over an index at most every few seconds, and the more seldom the longer counting takes, so that
/// however often somebody asks it costs a hundredth of a core.
/// </summary>
internal sealed class TaskCounts(SqliteStore store, TimeProvider clock)
{
    private const string Sql = "SELECT state, count(*) FROM tasks INDEXED BY tasks_state WHERE tenant = ?1 GROUP BY state";
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    public async ValueTask<IReadOnlyDictionary<TaskState, long>> Get(string tenant, CancellationToken cancellation)
    {
        if (entries.TryGetValue(tenant, out var entry) && clock.GetUtcNow() < entry.Until) return entry.Counts;
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        var database = reader.Database;
        var start = clock.GetTimestamp();
        var counts = await Task.Run(() => Count(database, tenant), cancellation).ConfigureAwait(false);
        var valid = clock.GetElapsedTime(start) * 100;
        entries[tenant] = new Entry(counts, clock.GetUtcNow() + (valid > Fresh ? valid : Fresh));
        return counts;
    }

    private static Dictionary<TaskState, long> Count(SqliteDatabase database, string tenant)
    {
        var counts = new Dictionary<TaskState, long>();
        using var rows = database.Use(Sql);
        rows.Add(tenant);
        while (rows.Step()) counts[(TaskState)rows.Int(0)] = rows.Long(1);
        return counts;
    }

    private sealed record Entry(IReadOnlyDictionary<TaskState, long> Counts, DateTimeOffset Until);
}
