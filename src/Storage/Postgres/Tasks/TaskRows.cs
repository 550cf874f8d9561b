using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Postgres.Retention;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>The rows of the tasks table on PostgreSQL.</summary>
internal sealed class TaskRows(PostgresDatabase database, PostgresStore store) : ITaskRows
{
    private const string OfState = "SELECT count(*) FROM tasks WHERE tenant = $1 AND state = $2";

    private const string EndedBetween =
        """
        SELECT tenant, state, count(*) FROM tasks WHERE ended_at IS NOT NULL AND ended_at >= $1 AND ended_at < $2 GROUP BY tenant, state
        """;

    private const string EndedAfter =
        "SELECT ended_at FROM tasks WHERE ended_at IS NOT NULL AND ended_at > $1 ORDER BY ended_at LIMIT 1 OFFSET $2";

    public ValueTask<TaskRecord?> Find(Guid id) => store.Read(new FindTask(id));

    public async ValueTask<bool> Insert(TaskRecord record) =>
        await store.Write(new InsertTask(record)).ConfigureAwait(false) == RowWrite.Written;

    public ValueTask<RowWrite> Update(TaskRecord record, long expectedVersion) => store.Write(new UpdateTask(record, expectedVersion));

    public async ValueTask<bool> Delete(Guid id, long expectedVersion) =>
        await DeleteTasks.RemoveOne(database, id, expectedVersion).ConfigureAwait(false) == 1;

    public async ValueTask<IReadOnlyDictionary<TaskState, long>> CountUnended(string tenant, CancellationToken cancellation)
    {
        var counts = new Dictionary<TaskState, long>();
        foreach (var state in StoredState.Unended)
        {
            var found = await database.QueryRows(
                OfState, parameters => parameters.AddNext(tenant).AddNext((short)state), row => row.GetInt64(0), cancellation)
                .ConfigureAwait(false);
            if (found[0] > 0) counts[state] = found[0];
        }
        return counts;
    }

    public async ValueTask<TaskTally> CountEnded(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation)
    {
        var found = await database.QueryRows(
            EndedBetween,
            parameters => parameters.AddNext(from).AddNext(until),
            row => (Owner: (row.GetString(0), (TaskState)row.GetInt16(1)), Count: row.GetInt64(2)),
            cancellation).ConfigureAwait(false);
        var tally = new TaskTally();
        foreach (var (owner, count) in found) tally[owner] = count;
        return tally;
    }

    public async ValueTask<DateTimeOffset?> FindEndTime(DateTimeOffset after, int skip, CancellationToken cancellation)
    {
        var found = await database.QueryRows(
            EndedAfter, parameters => parameters.AddNext(after).AddNext(skip), row => row.GetTime(0), cancellation).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }
}
