using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>The list of tasks: the row is the read model.</summary>
internal sealed class TaskList(PostgresDatabase database, TaskCounts counts) : ITaskList
{
    private const int LargestPage = 500;

    private const string Recent =
        """
        SELECT session, last_activity, task_count FROM conversations WHERE tenant = $1 AND task_count > 0
        ORDER BY last_activity DESC LIMIT $2
        """;

    // From one set of labels to the next, and in each the token's tasks alone.
    private const string QueuedOfToken =
        $"""
        WITH RECURSIVE groups AS (
            (SELECT pool, requires FROM tasks WHERE tenant = $1 AND state = {StoredState.Queued} ORDER BY pool, requires LIMIT 1)
            UNION ALL
            SELECT n.pool, n.requires FROM groups g CROSS JOIN LATERAL (
                SELECT t.pool, t.requires FROM tasks t WHERE t.tenant = $1 AND t.state = {StoredState.Queued}
                    AND (t.pool, t.requires) > (g.pool, g.requires) ORDER BY t.pool, t.requires LIMIT 1) n
        )
        SELECT count(*) FROM (
            SELECT 1 FROM groups g CROSS JOIN LATERAL (
                SELECT 1 FROM tasks t WHERE t.tenant = $1 AND t.pool = g.pool AND t.requires = g.requires AND t.submitter = $2
                    AND t.state = {StoredState.Queued} LIMIT $3) q LIMIT $3) c
        """;

    public async ValueTask<TaskPage> ReadPage(TaskQuery query, CancellationToken cancellation)
    {
        var limit = Math.Clamp(query.Limit, 1, LargestPage);
        var tasks = new List<TaskSnapshot>();
        foreach (var (sql, bind) in TaskPages.BuildQueries(query, limit + 1))
        {
            tasks.AddRange(await database.QueryRows(
                sql, parameters => bind(parameters), row => TaskRow.ReadSnapshot(new PostgresRowReader(row)), cancellation)
                .ConfigureAwait(false));
        }
        tasks = [.. tasks.OrderByDescending(task => (task.CreatedAt, task.Id)).Take(limit + 1)];
        if (tasks.Count <= limit) return new TaskPage(tasks, null);
        tasks.RemoveAt(limit);
        return new TaskPage(tasks, new TaskCursor(tasks[^1].CreatedAt, tasks[^1].Id));
    }

    public ValueTask<IReadOnlyDictionary<TaskState, long>> CountAll(string tenant, CancellationToken cancellation) =>
        counts.GetAll(tenant, cancellation);

    public ValueTask<IReadOnlyDictionary<TaskState, long>> CountUnended(string tenant, CancellationToken cancellation) =>
        counts.GetUnended(tenant, cancellation);

    public async ValueTask<int> CountQueued(string tenant, string tokenId, int limit, CancellationToken cancellation) =>
        (await database.QueryRows(
            QueuedOfToken,
            parameters => parameters.AddNext(tenant).AddNext(tokenId).AddNext(limit),
            row => (int)row.GetInt64(0),
            cancellation).ConfigureAwait(false))[0];

    public async ValueTask<IReadOnlyList<SessionActivity>> ReadSessions(string tenant, int limit, CancellationToken cancellation) =>
        await database.QueryRows(
            Recent,
            parameters => parameters.AddNext(tenant).AddNext(limit),
            row => new SessionActivity(row.GetString(0), row.GetTime(1), (int)row.GetInt64(2)),
            cancellation).ConfigureAwait(false);
}
