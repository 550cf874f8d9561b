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

    public override NpgsqlBatchCommand Command(List<PostgresOperation> operations)
    {
        var talks = operations.Exists(operation => ((UpdateTask)operation).Record.Spec.Session is not null);
        var command = new NpgsqlBatchCommand(talks ? WithTalk : Alone);
        new ArrayParameters<UpdateTask>(operations, command.Parameters)
            .Id(task => task.Record.Id).Long(task => task.ExpectedVersion).Long(task => task.Record.Version)
            .Small(task => (int)TaskColumns.Stored(task.Record.State)).Int(task => task.Record.Attempt)
            .Int(task => task.Record.FailedAttempts).Flag(task => task.Record.CancelRequested).Long(task => task.Record.Epoch)
            .Text(task => task.Record.Worker).Text(task => task.Record.Reason).TimeOrNull(task => task.Record.NotBefore)
            .TimeOrNull(task => task.Record.StartedAt).TimeOrNull(task => task.Record.EndedAt).TimeOrNull(task => task.Record.WakeAt)
            .Time(task => task.Record.LastActivity()).Bytes(task => task.Outcome).Bytes(task => task.LateResult)
            .LongOrNull(task => task.Record.Last?.At.UtcTicks).Text(task => task.Record.Last?.Trigger)
            .Int(task => task.Record.Last?.Attempt ?? 0).Text(task => task.Record.Last?.Actor.TokenId)
            .Text(task => task.Record.Last?.Actor.Address).IdOrNull(task => task.Record.StartTicket)
            .Bytes(task => task.Approval).Text(task => task.Record.Approval?.Worker)
            .Text(task => task.Record.Last?.Trigger == Transition.Pin ? task.Record.Spec.Requires : null);
        return command;
    }

    public override void Answer(NpgsqlDataReader rows, List<PostgresOperation> operations) => WrittenRows.Answer(rows, operations);
}
