using Npgsql;
using OpenClaw.GrainInterfaces.Deadlines;
using OpenClaw.Storage.Postgres.GroupCommit;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>
/// The first writes of a batch, in one statement. An id that is there already is left out and missing among the answers. One that
/// another process commits at this very moment fails the statement; when it is repeated that one is there already.
/// </summary>
internal sealed class InsertTasks : BulkStatement
{
    public static readonly InsertTasks Instance = new();

    private const string Rows =
        """
        WITH new AS MATERIALIZED (
            SELECT nextval('task_numbers') AS seq, n.* FROM unnest(
                $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
                $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) AS n(
                id, version, state, tenant, pool, kind, requires, priority, shard, created_at, concurrency_key, session,
                attempt, failed_attempts, cancel_requested, epoch, worker, reason, not_before, started_at, ended_at, wake_at, activity,
                outcome, late_result, start_within, timeout, silence, kill_grace, max_attempts, request_digest, trace_parent, tags, payload,
                at, what, about, token_id, address, start_ticket)
            WHERE NOT EXISTS (SELECT FROM tasks t WHERE t.id = n.id)
        ), rows AS (
            INSERT INTO tasks (seq, id, version, state, tenant, pool, kind, requires, priority, shard, created_at, concurrency_key, session,
                attempt, failed_attempts, cancel_requested, epoch, worker, reason, not_before, started_at, ended_at, wake_at,
                outcome, late_result, start_ticket)
            SELECT seq, id, version, state, tenant, pool, kind, requires, priority, shard, created_at, concurrency_key, session,
                attempt, failed_attempts, cancel_requested, epoch, worker, reason, not_before, started_at, ended_at, wake_at,
                outcome, late_result, start_ticket FROM new
        ), asked AS (
            INSERT INTO task_specs (seq, id, tenant, kind, created_at, start_within, timeout, silence, kill_grace, max_attempts,
                request_digest, trace_parent, tags, payload)
            SELECT seq, id, tenant, kind, created_at, start_within, timeout, silence, kill_grace, max_attempts,
                request_digest, trace_parent, tags, payload FROM new
        ), trail AS (
            INSERT INTO audit (task, version, at, what, state, attempt, reason, worker, token_id, address)
            SELECT seq, version, at, what, state, about, reason, worker, token_id, address FROM new WHERE what IS NOT NULL
        )
        """;

    private const string Talk =
        """
        , talk AS (
            INSERT INTO conversations AS c (tenant, session, last_activity, task_count)
            SELECT tenant, session, max(activity), count(*) FROM new WHERE session IS NOT NULL
            GROUP BY tenant, session ORDER BY tenant, session
            ON CONFLICT (tenant, session) DO UPDATE SET
                last_activity = greatest(c.last_activity, excluded.last_activity), task_count = c.task_count + excluded.task_count
        )
        """;

    private const string Written = " SELECT id FROM new";
    private const string Alone = Rows + Written;
    private const string WithTalk = Rows + Talk + Written;

    public override int Rank => 1;

    public override NpgsqlBatchCommand CreateCommand(List<PostgresOperation> operations)
    {
        // Most batches are about no conversation, and to look into that table costs each of them the same.
        var talks = operations.Exists(operation => ((InsertTask)operation).Record.Spec.Session is not null);
        var command = new NpgsqlBatchCommand(talks ? WithTalk : Alone);
        var columns = new ArrayParameters<InsertTask>(operations, command.Parameters);
        AddTaskColumns(columns);
        AddSpecColumns(columns);
        AddAuditColumns(columns);
        return command;
    }

    public override void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations) =>
        WrittenRows.ReadResults(rows, operations);

    private static void AddTaskColumns(ArrayParameters<InsertTask> columns) => columns
        .AddId(task => task.Record.Id).AddLong(task => task.Record.Version)
            .AddShort(task => (int)StoredState.FromState(task.Record.State))
        .AddText(task => task.Record.Spec.Tenant).AddText(task => task.Record.Spec.Pool).AddText(task => task.Record.Spec.Kind)
        .AddText(task => task.Record.Spec.Requires).AddShort(task => task.Record.Spec.Priority)
            .AddShort(task => DeadlineShards.GetShard(task.Record.Id))
        .AddTime(task => task.Record.CreatedAt).AddText(task => task.Record.Spec.ConcurrencyKey).AddText(task => task.Record.Spec.Session)
        .AddInt(task => task.Record.Attempt).AddInt(task => task.Record.FailedAttempts).AddFlag(task => task.Record.CancelRequested)
        .AddLong(task => task.Record.Epoch).AddText(task => task.Record.Worker).AddText(task => task.Record.Reason)
        .AddTimeOrNull(task => task.Record.NotBefore).AddTimeOrNull(task => task.Record.StartedAt)
            .AddTimeOrNull(task => task.Record.EndedAt)
        .AddTimeOrNull(task => task.Record.WakeAt).AddTime(task => task.Record.GetLastActivity())
        .AddBytes(task => task.Outcome).AddBytes(task => task.LateResult);

    private static void AddSpecColumns(ArrayParameters<InsertTask> columns) => columns
        .AddLong(task => task.Record.Spec.StartWithin.Ticks).AddLong(task => task.Record.Spec.Timeout.Ticks)
        .AddLongOrNull(task => task.Record.Spec.Silence?.Ticks).AddLong(task => task.Record.Spec.KillGrace.Ticks)
        .AddInt(task => task.Record.Spec.MaxAttempts).AddBytes(task => task.Record.Spec.RequestDigest)
        .AddText(task => task.Record.Spec.TraceParent).AddBytes(task => task.Tags).AddBytes(task => task.Record.Spec.Payload);

    private static void AddAuditColumns(ArrayParameters<InsertTask> columns) => columns
        .AddLongOrNull(task => task.Record.Last?.At.UtcTicks).AddText(task => task.Record.Last?.Trigger)
        .AddInt(task => task.Record.Last?.Attempt ?? 0).AddText(task => task.Record.Last?.Actor.TokenId)
        .AddText(task => task.Record.Last?.Actor.Address).AddIdOrNull(task => task.Record.StartTicket);
}
