using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage.Postgres.Retention;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>Queries of the grains over many rows; each reads only the part of one index that it needs.</summary>
internal sealed class TaskIndex(PostgresDatabase database, IOptions<StorageOptions> options, TimeProvider clock) : ITaskIndex
{
    // From one group to the next, past all the rows between them. What is due is looked for in the same step: where somebody holds a
    // transaction open, each look at a group passes all that was queued since.
    private const string Groups =
        $"""
        WITH RECURSIVE groups AS (
            (SELECT requires, submitter FROM tasks WHERE tenant = $1 AND pool = $2 AND state = {StoredState.Queued}
                AND (not_before IS NULL OR not_before <= $3)
                ORDER BY requires, submitter LIMIT 1)
            UNION ALL
            SELECT n.requires, n.submitter FROM groups g CROSS JOIN LATERAL (
                SELECT t.requires, t.submitter FROM tasks t WHERE t.tenant = $1 AND t.pool = $2 AND t.state = {StoredState.Queued}
                    AND (t.requires, t.submitter) > (g.requires, g.submitter)
                    AND (t.not_before IS NULL OR t.not_before <= $3) ORDER BY t.requires, t.submitter LIMIT 1) n
        )
        SELECT requires, submitter FROM groups ORDER BY requires, submitter
        """;

    private const string DueEntry =
        $"""
        SELECT id, priority, created_at, concurrency_key FROM tasks
        WHERE tenant = $1 AND pool = $2 AND state = {StoredState.Queued} AND requires = $3 AND submitter = $4
            AND (not_before IS NULL OR not_before <= $5)
        """;

    private const string Order = " ORDER BY priority DESC, created_at, id LIMIT $6";
    private const string Head = DueEntry + Order;
    private const string FreeHead = DueEntry + " AND (concurrency_key IS NULL OR concurrency_key <> ALL ($7))" + Order;

    private const string Busy =
        $"""
        SELECT concurrency_key, id, state FROM tasks
        WHERE tenant = $1 AND pool = $2 AND concurrency_key IS NOT NULL
            AND (state = {StoredState.Running} OR (state = {StoredState.Queued} AND not_before IS NOT NULL))
            AND (state = {StoredState.Running} OR not_before > $3)
        """;

    private const string FirstOfEachKey =
        $"""
        SELECT k.key, t.id, t.requires, t.priority, t.created_at, t.submitter FROM unnest($3) AS k(key) CROSS JOIN LATERAL (
            SELECT id, requires, priority, created_at, submitter FROM tasks
            WHERE tenant = $1 AND pool = $2 AND concurrency_key = k.key AND state = {StoredState.Queued}
                AND (not_before IS NULL OR not_before <= $4)
            ORDER BY created_at, id LIMIT 1) t
        """;

    private const string Running = $"SELECT id, attempt FROM tasks WHERE tenant = $1 AND worker = $2 AND state = {StoredState.Running}";

    private const string RunningOnEach =
        $"""
        SELECT w.name, t.id, t.attempt FROM unnest($2) AS w(name) CROSS JOIN LATERAL (
            SELECT id, attempt FROM tasks WHERE tenant = $1 AND worker = w.name AND state = {StoredState.Running} OFFSET 0) t
        """;

    private readonly DueTasks due = new(database, clock);

    public async ValueTask<IReadOnlyList<GroupName>> ReadBacklogGroups(string tenant, string pool, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        return await database.QueryRows(
            Groups,
            parameters => parameters.AddNext(tenant).AddNext(pool).AddNext(now),
            row => new GroupName(row.GetString(0), row.GetString(1)),
            cancellation).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<QueueEntry>> ReadBacklog(
        string tenant, string pool, GroupName group, int limit, DateTimeOffset now, IReadOnlyCollection<string> busyKeys,
        CancellationToken cancellation) => await database.QueryRows(
            busyKeys.Count == 0 ? Head : FreeHead,
            parameters =>
            {
                parameters.AddNext(tenant).AddNext(pool).AddNext(group.Requires).AddNext(group.TokenId).AddNext(now).AddNext(limit);
                if (busyKeys.Count > 0) parameters.AddNext(busyKeys.ToArray());
            },
            row => new QueueEntry(
                row.GetGuid(0), group.Requires, row.GetInt16(1), row.GetTime(2), row.GetTextOrNull(3), group.TokenId),
            cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyDictionary<string, Guid>> ReadBusyKeys(string tenant, string pool, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var busy = await database.QueryRows(
            Busy,
            parameters => parameters.AddNext(tenant).AddNext(pool).AddNext(now),
            row => (Key: row.GetString(0), Task: row.GetGuid(1), State: (TaskState)row.GetInt16(2)),
            cancellation).ConfigureAwait(false);
        var keys = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var (key, task, state) in busy)
        {
            if (state == TaskState.Running) keys[key] = task;
            else keys.TryAdd(key, task);
        }
        return keys;
    }

    public async ValueTask<IReadOnlyDictionary<string, QueueEntry>> ReadFirstOfKeys(
        string tenant, string pool, IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellation)
    {
        var rows = await database.QueryRows(
            FirstOfEachKey,
            parameters => parameters.AddNext(tenant).AddNext(pool).AddNext(keys.ToArray()).AddNext(now),
            row => new QueueEntry(
                row.GetGuid(1), row.GetString(2), row.GetInt16(3), row.GetTime(4), row.GetString(0), row.GetString(5)),
            cancellation).ConfigureAwait(false);
        return rows.ToDictionary(row => row.ConcurrencyKey!, StringComparer.Ordinal);
    }

    public ValueTask<IReadOnlyList<Guid>> ReadDueTasks(int shard, DateTimeOffset now, int limit, CancellationToken cancellation) =>
        due.FindInShard(shard, now, limit, cancellation);

    public async ValueTask<IReadOnlyList<AttemptRef>> ReadRunningAttempts(string tenant, string worker, CancellationToken cancellation) =>
        await database.QueryRows(
            Running,
            parameters => parameters.AddNext(tenant).AddNext(worker),
            row => new AttemptRef(row.GetGuid(0), row.GetInt32(1)),
            cancellation).ConfigureAwait(false);

    public async ValueTask<ILookup<string, AttemptRef>> ReadRunningAttempts(
        string tenant, IReadOnlyList<string> workers, CancellationToken cancellation)
    {
        var attempts = await database.QueryRows(
            RunningOnEach,
            parameters => parameters.AddNext(tenant).AddNext(workers.ToArray()),
            row => (Worker: row.GetString(0), Attempt: new AttemptRef(row.GetGuid(1), row.GetInt32(2))),
            cancellation).ConfigureAwait(false);
        return attempts.ToLookup(found => found.Worker, found => found.Attempt, StringComparer.Ordinal);
    }

    public ValueTask<int> DeleteEnded(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        DeleteTasks.RemoveEnded(database, before, limit, options.Value.KeepsAuditLonger, cancellation);
}
