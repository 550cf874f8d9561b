using System.Runtime.InteropServices;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Sqlite.Rows;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>The rows of the tasks table in the embedded store.</summary>
internal sealed class TaskRows(SqliteStore store) : ITaskRows
{
    private const string OfState = "SELECT count(*) FROM tasks INDEXED BY tasks_state WHERE tenant = ?1 AND state = ?2";

    private const string EndedBetween =
        "SELECT tenant, state FROM tasks INDEXED BY tasks_ended WHERE ended_at IS NOT NULL AND ended_at >= ?1 AND ended_at < ?2";

    private const string EndedAfter =
        "SELECT ended_at FROM tasks INDEXED BY tasks_ended WHERE ended_at IS NOT NULL AND ended_at > ?1 "
        + "ORDER BY ended_at LIMIT 1 OFFSET ?2";

    // length() looks at the head of the row only.
    private static readonly string One =
        $"""
        SELECT {TaskColumns.SelectedWhole}, CASE WHEN length(s.payload) <= ?2 THEN s.payload END, s.seq
        FROM tasks t JOIN task_specs s ON s.seq = t.seq WHERE t.id = ?1
        """;

    public async ValueTask<TaskRecord?> Find(Guid id)
    {
        using var reader = await store.Readers.Rent(CancellationToken.None).ConfigureAwait(false);
        using var find = reader.Database.GetStatement(One);
        if (!find.Add(id).Add(LargePayload.MostInRow).Step()) return null;
        var payload = find.GetBytesOrNull(TaskColumns.Payload)
            ?? LargePayload.Read(reader.Database, find.GetLong(TaskColumns.Payload + 1));
        return TaskColumns.Read(new StatementReader(find), payload);
    }

    public ValueTask<bool> Insert(TaskRecord record) => store.Write(new InsertTask(record));

    public ValueTask<RowWrite> Update(TaskRecord record, long expectedVersion) => store.Write(new UpdateTask(record, expectedVersion));

    public ValueTask<bool> Delete(Guid id, long expectedVersion) => store.Write(new DeleteTask(id, expectedVersion));

    public ValueTask<IReadOnlyDictionary<TaskState, long>> CountUnended(string tenant, CancellationToken cancellation) => ReadInBackground(
        database =>
        {
            var counts = new Dictionary<TaskState, long>();
            foreach (var state in StoredState.Unended)
            {
                using var row = database.GetStatement(OfState);
                if (row.Add(tenant).Add((int)state).Step() && row.GetLong(0) > 0) counts[state] = row.GetLong(0);
            }
            return (IReadOnlyDictionary<TaskState, long>)counts;
        },
        cancellation);

    public ValueTask<TaskTally> CountEnded(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation) => ReadInBackground(
        database =>
        {
            var tally = new TaskTally();
            using var rows = database.GetStatement(EndedBetween);
            rows.Add(from).Add(until);
            while (rows.Step()) CollectionsMarshal.GetValueRefOrAddDefault(tally, (rows.GetText(0), (TaskState)rows.GetInt(1)), out _)++;
            return tally;
        },
        cancellation);

    public ValueTask<DateTimeOffset?> FindEndTime(DateTimeOffset after, int skip, CancellationToken cancellation) => ReadInBackground(
        database =>
        {
            using var row = database.GetStatement(EndedAfter);
            return row.Add(after).Add(skip).Step() ? row.GetTime(0) : (DateTimeOffset?)null;
        },
        cancellation);

    /// <summary>Many rows may be read: not on the caller's thread.</summary>
    private async ValueTask<T> ReadInBackground<T>(Func<SqliteDatabase, T> read, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        return await Task.Run(() => read(reader.Database), cancellation).ConfigureAwait(false);
    }
}
