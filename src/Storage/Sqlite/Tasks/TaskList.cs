using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Sqlite.Rows;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>The list of tasks: the row is the read model.</summary>
internal sealed class TaskList(SqliteStore store, TaskCounts counts) : ITaskList
{
    private const int LargestPage = 500;

    private const string Recent =
        """
        SELECT session, last_activity, task_count FROM conversations INDEXED BY conversations_kept
        WHERE tenant = ?1 AND task_count > 0 ORDER BY last_activity DESC LIMIT ?2
        """;

    private const string NextGroup =
        $"""
        SELECT pool, requires FROM tasks INDEXED BY tasks_backlog
        WHERE tenant = ?1 AND state = {StoredState.Queued} AND (pool, requires) > (?2, ?3) ORDER BY pool, requires LIMIT 1
        """;

    private const string QueuedOfToken =
        $"""
        SELECT count(*) FROM (SELECT 1 FROM tasks INDEXED BY tasks_backlog
            WHERE tenant = ?1 AND pool = ?2 AND requires = ?3 AND submitter = ?4 AND state = {StoredState.Queued} LIMIT ?5)
        """;

    private static readonly string Row =
        $"SELECT {TaskColumns.Selected} FROM tasks t JOIN task_specs s ON s.seq = t.seq WHERE t.seq = ?1";

    public async ValueTask<TaskPage> ReadPage(TaskQuery query, CancellationToken cancellation)
    {
        var limit = Math.Clamp(query.Limit, 1, LargestPage);
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var snapshot = reader.Database.BeginRead();
        var entries = TaskPages.FindPage(reader.Database, query, limit + 1);
        var count = Math.Min(entries.Count, limit);
        var tasks = new List<TaskSnapshot>(count);
        for (var i = 0; i < count; i++)
        {
            using var row = reader.Database.GetStatement(Row);
            if (row.Add(entries[i].Seq).Step()) tasks.Add(TaskRow.ReadSnapshot(new StatementReader(row)));
        }
        TaskCursor? next = entries.Count > limit ? new TaskCursor(entries[limit - 1].CreatedAt, entries[limit - 1].Id) : null;
        return new TaskPage(tasks, next);
    }

    public ValueTask<IReadOnlyDictionary<TaskState, long>> CountAll(string tenant, CancellationToken cancellation) =>
        counts.GetAll(tenant, cancellation);

    public ValueTask<IReadOnlyDictionary<TaskState, long>> CountUnended(string tenant, CancellationToken cancellation) =>
        counts.GetUnended(tenant, cancellation);

    public async ValueTask<int> CountQueued(string tenant, string tokenId, int limit, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        var found = 0;
        // From one set of labels to the next, and in each the token's tasks alone. No pool is without a name.
        for (var (pool, requires) = ("", ""); found < limit;)
        {
            using var next = reader.Database.GetStatement(NextGroup);
            if (!next.Add(tenant).Add(pool).Add(requires).Step()) break;
            (pool, requires) = (next.GetText(0), next.GetText(1));
            using var count = reader.Database.GetStatement(QueuedOfToken);
            if (count.Add(tenant).Add(pool).Add(requires).Add(tokenId).Add(limit - found).Step()) found += count.GetInt(0);
        }
        return found;
    }

    public async ValueTask<IReadOnlyList<SessionActivity>> ReadSessions(string tenant, int limit, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var recent = reader.Database.GetStatement(Recent);
        recent.Add(tenant).Add(limit);
        var sessions = new List<SessionActivity>();
        while (recent.Step()) sessions.Add(new SessionActivity(recent.GetText(0), recent.GetTime(1), recent.GetInt(2)));
        return sessions;
    }
}
