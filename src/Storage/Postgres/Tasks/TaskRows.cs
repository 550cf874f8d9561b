using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Postgres.Retention;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>The rows of the tasks table on PostgreSQL.</summary>
internal sealed class TaskRows(PostgresDatabase database, PostgresStore store) : ITaskRows
{
    private const string States = "SELECT state, count(*) FROM tasks WHERE tenant = $1 GROUP BY state";

    public ValueTask<TaskRecord?> Find(Guid id) => store.Read(new FindTask(id));

    public ValueTask<bool> Insert(TaskRecord record) => store.Write(new InsertTask(record));

    public ValueTask<bool> Update(TaskRecord record, long expectedVersion) => store.Write(new UpdateTask(record, expectedVersion));

    public async ValueTask<bool> Delete(Guid id, long expectedVersion) =>
        await DeleteTasks.One(database, id, expectedVersion).ConfigureAwait(false) == 1;

    public async ValueTask<IReadOnlyDictionary<TaskState, long>> Count(string tenant, CancellationToken cancellation)
    {
        var states = await database.Query(
            States, parameters => parameters.Next(tenant), row => (State: (TaskState)row.GetInt16(0), Count: row.GetInt64(1)), cancellation)
            .ConfigureAwait(false);
        return states.ToDictionary(state => state.State, state => state.Count);
    }
}
