using Npgsql;
using OpenClaw.Protocol.Audit;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Postgres.Audit;

namespace OpenClaw.Storage.Postgres.Retention;

/// <summary>Deletes tasks with all that belongs to them, in one transaction.</summary>
internal static class DeleteTasks
{
    private const long EnoughOutput = 16L << 20;

    private const string OneTask = "DELETE FROM tasks WHERE id = $1 AND version = $2 RETURNING seq, tenant, session";

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
        RETURNING seq, tenant, session
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
        "DELETE FROM audit WHERE task = ANY ($1)",
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
        RunDelete(database, OneTask, parameters => parameters.AddNext(id).AddNext(version), CancellationToken.None);

    /// <summary>The tasks that ended first, up to a number; how many.</summary>
    public static ValueTask<int> RemoveEnded(PostgresDatabase database, DateTimeOffset before, int limit, CancellationToken cancellation) =>
        RunDelete(database, Oldest, parameters => parameters.AddNext(before).AddNext(limit).AddNext(EnoughOutput), cancellation);

    private static ValueTask<int> RunDelete(
        PostgresDatabase database, string sql, Action<NpgsqlParameterCollection> bind, CancellationToken cancellation) =>
        database.RunTransaction(
            async (connection, stop) =>
            {
                var deleted = await RemoveTaskRows(connection, sql, bind, stop).ConfigureAwait(false);
                if (deleted.Count > 0) await RemoveDependents(connection, deleted, stop).ConfigureAwait(false);
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
            deleted.Add(new DeletedTask(rows.GetInt64(0), rows.GetString(1), rows.GetTextOrNull(2)));
        }
        return deleted;
    }

    private static async Task RemoveDependents(NpgsqlConnection connection, List<DeletedTask> deleted, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        var numbers = deleted.Select(task => task.Seq).ToArray();
        foreach (var sql in Dependents) Add(sql).AddNext(numbers);
        Add(ChainLinks.Ensure).AddNext(Chain);
        Add(LinkRemoved).AddNext(numbers).AddNext(Chain);
        if (deleted.Exists(task => task.Session is not null))
        {
            var tenants = deleted.Select(task => task.Tenant).ToArray();
            var sessions = deleted.Select(task => task.Session).ToArray();
            Add(Leave).AddNext(tenants).AddNext(sessions);
        }
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);

        NpgsqlParameterCollection Add(string sql)
        {
            var command = new NpgsqlBatchCommand(sql);
            batch.BatchCommands.Add(command);
            return command.Parameters;
        }
    }

    private sealed record DeletedTask(long Seq, string Tenant, string? Session);
}
