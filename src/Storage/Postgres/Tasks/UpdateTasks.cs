using Npgsql;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Postgres.GroupCommit;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>The later writes of a batch, in one statement. A row at another version is left out and missing among the answers.</summary>
internal sealed class UpdateTasks : BulkStatement
{
    public static readonly UpdateTasks Instance = new();

    private const string Rows =
        """
        WITH rows AS (
            UPDATE tasks t SET version = n.version, state = n.state, attempt = n.attempt, failed_attempts = n.failed_attempts,
                cancel_requested = n.cancel_requested, epoch = n.epoch, worker = n.worker, reason = n.reason, not_before = n.not_before,
                started_at = n.started_at, ended_at = n.ended_at, wake_at = n.wake_at, outcome = n.outcome, late_result = n.late_result,
                start_ticket = n.start_ticket, approval = n.approval, awaits = n.awaits,
                requires = coalesce(n.requires, t.requires)
            FROM unnest(
                $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
                $26) AS n(
                id, expected, version, state, attempt, failed_attempts, cancel_requested, epoch, worker, reason, not_before, started_at,
                ended_at, wake_at, activity, outcome, late_result, at, what, about, token_id, address, start_ticket,
                approval, awaits, requires)
            WHERE t.id = n.id AND t.version = n.expected
            RETURNING t.seq, t.id, t.tenant, t.session, n.version, n.state, n.reason, n.worker, n.activity, n.at, n.what, n.about,
                n.token_id, n.address
        ), trail AS (
            INSERT INTO audit (task, version, at, what, state, attempt, reason, worker, token_id, address)
            SELECT seq, version, at, what, state, about, reason, worker, token_id, address FROM rows WHERE what IS NOT NULL
        )
        """;

    private const string Talk =
        """
        , talk AS (
            INSERT INTO conversations AS c (tenant, session, last_activity, task_count)
            SELECT tenant, session, max(activity), 0 FROM rows WHERE session IS NOT NULL
            GROUP BY tenant, session ORDER BY tenant, session
            ON CONFLICT (tenant, session) DO UPDATE SET last_activity = greatest(c.last_activity, excluded.last_activity)
        )
        """;

    private const string Written = " SELECT id FROM rows";
    private const string Alone = Rows + Written;
    private const string WithTalk = Rows + Talk + Written;

    public override int Rank => 2;

    public override NpgsqlBatchCommand CreateCommand(List<PostgresOperation> operations)
    {
        var talks = operations.Exists(operation => ((UpdateTask)operation).Record.Spec.Session is not null);
        var command = new NpgsqlBatchCommand(talks ? WithTalk : Alone);
        new ArrayParameters<UpdateTask>(operations, command.Parameters)
            .AddId(task => task.Record.Id).AddLong(task => task.ExpectedVersion).AddLong(task => task.Record.Version)
            .AddShort(task => (int)StoredState.FromState(task.Record.State)).AddInt(task => task.Record.Attempt)
            .AddInt(task => task.Record.FailedAttempts).AddFlag(task => task.Record.CancelRequested).AddLong(task => task.Record.Epoch)
            .AddText(task => task.Record.Worker).AddText(task => task.Record.Reason).AddTimeOrNull(task => task.Record.NotBefore)
            .AddTimeOrNull(task => task.Record.StartedAt).AddTimeOrNull(task => task.Record.EndedAt)
                .AddTimeOrNull(task => task.Record.WakeAt)
            .AddTime(task => task.Record.GetLastActivity()).AddBytes(task => task.Outcome).AddBytes(task => task.LateResult)
            .AddLongOrNull(task => task.Record.Last?.At.UtcTicks).AddText(task => task.Record.Last?.Trigger)
            .AddInt(task => task.Record.Last?.Attempt ?? 0).AddText(task => task.Record.Last?.Actor.TokenId)
            .AddText(task => task.Record.Last?.Actor.Address).AddIdOrNull(task => task.Record.StartTicket)
            .AddBytes(task => task.Approval).AddText(task => task.Record.Approval?.Worker)
            .AddText(task => task.Record.Last?.Trigger == Transition.Pin ? task.Record.Spec.Requires : null);
        return command;
    }

    public override void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations) =>
        WrittenRows.ReadResults(rows, operations);
}
