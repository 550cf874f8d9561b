using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>The rows of the tasks table in the embedded store.</summary>
internal sealed class TaskRows(SqliteStore store) : ITaskRows
{
    private const string One = "SELECT " + TaskColumns.Row + ", s.payload FROM tasks t JOIN task_specs s ON s.seq = t.seq WHERE t.id = ?1";
    private const string States = "SELECT state, count(*) FROM tasks INDEXED BY tasks_state WHERE tenant = ?1 GROUP BY state";

    public async ValueTask<TaskRecord?> Find(Guid id)
    {
        using var reader = await store.Readers.Rent(CancellationToken.None).ConfigureAwait(false);
        using var find = reader.Database.Use(One);
        return find.Add(id).Step() ? TaskRow.Record(find) : null;
    }

    public ValueTask<bool> Insert(TaskRecord record) => store.Write(new InsertTask(record));

    public ValueTask<bool> Update(TaskRecord record, long expectedVersion) => store.Write(new UpdateTask(record, expectedVersion));

    public ValueTask<bool> Delete(Guid id, long expectedVersion) => store.Write(new DeleteTask(id, expectedVersion));

    public async ValueTask<IReadOnlyDictionary<TaskState, long>> Count(string tenant, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        var database = reader.Database;
        // Walks an index of every task of the tenant: not on the caller's thread.
        return await Task.Run(() => Count(database, tenant), cancellation).ConfigureAwait(false);
    }

    private static Dictionary<TaskState, long> Count(SqliteDatabase database, string tenant)
    {
        var counts = new Dictionary<TaskState, long>();
        using var rows = database.Use(States);
        rows.Add(tenant);
        while (rows.Step()) counts[(TaskState)rows.Int(0)] = rows.Long(1);
        return counts;
    }
}
