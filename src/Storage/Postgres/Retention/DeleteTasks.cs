using Npgsql;
using OpenClaw.Protocol.Audit;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Postgres.Audit;

namespace OpenClaw.Storage.Postgres.Retention;

/// <summary>Deletes tasks with all that belongs to them, in one transaction.</summary>
internal static class DeleteTasks
{
    private const long EnoughOutput = 16L << 20;

    private const string Trails = "DELETE FROM audit WHERE task = ANY ($1)";

    private const string KeepTrails = "INSERT INTO audit_tasks (number, id, tenant, ended_at) SELECT * FROM unnest($1, $2, $3, $4)";

    private const string OldTrails =
        """
        DELETE FROM audit_tasks WHERE number = ANY (ARRAY(
            SELECT number FROM audit_tasks WHERE ended_at < $1 ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        RETURNING number
        """;

    private const string OneTask = "DELETE FROM tasks WHERE id = $1 AND version = $2 RETURNING seq, tenant, session, id, ended_at";

    // Rows that somebody writes just now wait for the next turn, and so does whatever another process deletes. At least one goes, and
    // then so many as have no more output together than keeps the transaction short. A task stays while somebody is still to be told of it.
    private const string Oldest =
        """
        WITH oldest AS MATERIALIZED (
            SELECT id, seq, ended_at FROM tasks WHERE ended_at IS NOT NULL AND ended_at < $1
                AND 0 = (SELECT count(*) FROM webhooks w WHERE w.task = tasks.seq AND w.state NOT IN (2, 3))
            ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED
        ), sized AS (
            SELECT id, sum((SELECT sum(c.head_bytes + c.tail_bytes) FROM output_cursors c WHERE c.task = o.seq))
                OVER (ORDER BY ended_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM oldest o
        )
        DELETE FROM tasks WHERE id = ANY (ARRAY(SELECT id FROM sized WHERE before IS NULL OR before < $3))
        RETURNING seq, tenant, session, id, ended_at
        """;

    // The row stays after the last task, for as long as it is remembered where the conversation ran.
    private const string Leave =
        """
        UPDATE conversations c SET task_count = c.task_count - l.tasks
        FROM (SELECT tenant, session, count(*) AS tasks FROM unnest($1, $2) AS n(tenant, session)
            WHERE session IS NOT NULL GROUP BY tenant, session ORDER BY tenant, session) l
        WHERE c.tenant = l.tenant AND c.session = l.session
        """;

    /// <summary>Statements that delete what hangs on the tasks whose numbers are the parameter.</summary>
    private static readonly string[] Dependents =
    [
        "DELETE FROM webhooks WHERE task = ANY ($1)",
        "DELETE FROM task_specs WHERE seq = ANY ($1)",
        "DELETE FROM output_cursors WHERE task = ANY ($1)",
        "DELETE FROM output_chunks WHERE task = ANY ($1)",
    ];

    /// <summary>
    /// Says in a chain of this process' own that the rows of tasks are gone, and that it was not somebody else who deleted them.
    /// </summary>
    private static readonly string LinkRemoved =
        $"""
        WITH {ChainLinks.Append(
            """
            SELECT string_agg(int8send(seq), ''::bytea ORDER BY seq), (extract(epoch FROM now()) * 10000000)::bigint + 621355968000000000
            FROM unnest($1::bigint[]) AS gone(seq)
            """,
            AuditLinkKind.Removed, "$2")}
        SELECT 1
        """;

    private static readonly string Chain = AuditEntries.CreateChainName();

    /// <summary>One task, when it is at a version; how many: 1 or 0.</summary>
    public static ValueTask<int> RemoveOne(PostgresDatabase database, Guid id, long version) =>
        RunDelete(database, OneTask, parameters => parameters.AddNext(id).AddNext(version), keepsAudit: false, CancellationToken.None);

    /// <summary>The tasks that ended first, up to a number, with or without their audit rows; how many.</summary>
    public static ValueTask<int> RemoveEnded(
        PostgresDatabase database, DateTimeOffset before, int limit, bool keepsAudit, CancellationToken cancellation) =>
        RunDelete(
            database, Oldest, parameters => parameters.AddNext(before).AddNext(limit).AddNext(EnoughOutput), keepsAudit, cancellation);

    /// <summary>The audit rows of the tasks that ended first and are gone, up to a number of tasks; of how many.</summary>
    public static ValueTask<int> RemoveTrails(
        PostgresDatabase database, DateTimeOffset before, int limit, CancellationToken cancellation) =>
        database.RunTransaction(
            async (connection, stop) =>
            {
                var numbers = new List<long>();
                await using (var old = new NpgsqlCommand(OldTrails, connection))
                {
                    old.Parameters.AddNext(before).AddNext(limit);
                    await using var rows = await old.ExecuteReaderAsync(stop).ConfigureAwait(false);
                    while (await rows.ReadAsync(stop).ConfigureAwait(false)) numbers.Add(rows.GetInt64(0));
                }
                if (numbers.Count == 0) return 0;
                await using var batch = new NpgsqlBatch(connection);
                AddTrails(batch, [.. numbers]);
                await batch.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
                return numbers.Count;
            },
            cancellation);

    private static ValueTask<int> RunDelete(
        PostgresDatabase database, string sql, Action<NpgsqlParameterCollection> bind, bool keepsAudit, CancellationToken cancellation) =>
        database.RunTransaction(
            async (connection, stop) =>
            {
                var deleted = await RemoveTaskRows(connection, sql, bind, stop).ConfigureAwait(false);
                if (deleted.Count > 0) await RemoveDependents(connection, deleted, keepsAudit, stop).ConfigureAwait(false);
                return deleted.Count;
            },
            cancellation);

    private static async Task<List<DeletedTask>> RemoveTaskRows(
        NpgsqlConnection connection, string sql, Action<NpgsqlParameterCollection> bind, CancellationToken cancellation)
    {
        await using var delete = new NpgsqlCommand(sql, connection);
        bind(delete.Parameters);
        await using var rows = await delete.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var deleted = new List<DeletedTask>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            deleted.Add(
                new DeletedTask(rows.GetInt64(0), rows.GetString(1), rows.GetTextOrNull(2), rows.GetGuid(3), rows.GetTimeOrNull(4)));
        }
        return deleted;
    }

    private static async Task RemoveDependents(
        NpgsqlConnection connection, List<DeletedTask> deleted, bool keepsAudit, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        var numbers = deleted.Select(task => task.Seq).ToArray();
        var tenants = deleted.Select(task => task.Tenant).ToArray();
        foreach (var sql in Dependents) AddTo(batch, sql).AddNext(numbers);
        if (keepsAudit)
            AddTo(batch, KeepTrails).AddNext(numbers).AddNext(deleted.Select(task => task.Id).ToArray()).AddNext(tenants)
                .AddNext(deleted.Select(task => task.EndedAt!.Value.UtcTicks).ToArray());
        else
            AddTrails(batch, numbers);
        if (deleted.Exists(task => task.Session is not null))
            AddTo(batch, Leave).AddNext(tenants).AddNext(deleted.Select(task => task.Session).ToArray());
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static void AddTrails(NpgsqlBatch batch, long[] numbers)
    {
        AddTo(batch, Trails).AddNext(numbers);
        AddTo(batch, ChainLinks.Ensure).AddNext(Chain);
        AddTo(batch, LinkRemoved).AddNext(numbers).AddNext(Chain);
    }

    private static NpgsqlParameterCollection AddTo(NpgsqlBatch batch, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        batch.BatchCommands.Add(command);
        return command.Parameters;
    }

    private sealed record DeletedTask(long Seq, string Tenant, string? Session, Guid Id, DateTimeOffset? EndedAt);
}
