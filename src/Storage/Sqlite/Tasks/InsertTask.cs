using OpenClaw.GrainInterfaces.Deadlines;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>The first write of a task: its row, what was asked for, the audit row. False when the id is taken.</summary>
internal sealed class InsertTask(TaskRecord record) : SqliteOperation<bool>
{
    private const string Row =
        """
        INSERT INTO tasks (id, version, state, tenant, pool, kind, requires, priority, shard, created_at, concurrency_key, session,
            attempt, failed_attempts, cancel_requested, epoch, worker, reason, not_before, started_at, ended_at, wake_at,
            outcome, late_result, start_ticket)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)
        ON CONFLICT (id) DO NOTHING
        """;

    private const string Asked =
        """
        INSERT INTO task_specs (seq, start_within, timeout, silence, kill_grace, max_attempts, request_digest, trace_parent, tags, payload)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """;

    private readonly byte[]? outcome = TaskColumns.ToJson(record.Outcome);
    private readonly byte[]? lateResult = TaskColumns.ToJson(record.LateResult);
    private readonly byte[]? tags = TaskColumns.ToJson(record.Spec.Tags);

    public override long Bytes => record.Spec.Payload.Length;

    public override WriteKey? Key => new WriteKey(WriteTable.Tasks, record.Id);

    public override void Apply(SqliteDatabase database)
    {
        Result = false;
        if (InsertRow(database) is not { } seq) return;
        InsertSpec(database, seq);
        TaskAudit.InsertRow(database, seq, record);
        AgentSessionRows.RecordActivity(database, record, newTasks: 1);
        Result = true;
    }

    private long? InsertRow(SqliteDatabase database)
    {
        var spec = record.Spec;
        using var insert = database.GetStatement(Row);
        insert.Add(record.Id).Add(record.Version).Add((long)StoredState.FromState(record.State)).Add(spec.Tenant).Add(spec.Pool)
            .Add(spec.Kind)
            .Add(spec.Requires).Add(spec.Priority).Add(DeadlineShards.GetShard(record.Id)).Add(record.CreatedAt).Add(spec.ConcurrencyKey)
            .Add(spec.Session).Add(record.Attempt).Add(record.FailedAttempts).Add(record.CancelRequested).Add(record.Epoch)
            .Add(record.Worker).Add(record.Reason).Add(record.NotBefore).Add(record.StartedAt).Add(record.EndedAt).Add(record.WakeAt)
            .Add(outcome).Add(lateResult).Add(record.StartTicket);
        return insert.RunToEnd() > 0 ? database.LastRow : null;
    }

    private void InsertSpec(SqliteDatabase database, long seq)
    {
        TaskSpec spec = record.Spec;
        using var insert = database.GetStatement(Asked);
        insert.Add(seq).Add(spec.StartWithin).Add(spec.Timeout).Add(spec.Silence).Add(spec.KillGrace).Add(spec.MaxAttempts)
            .Add(spec.RequestDigest).Add(spec.TraceParent).Add(tags);
        if (spec.Payload.Length <= LargePayload.MostInRow)
        {
            insert.Add(spec.Payload).RunToEnd();
            return;
        }
        insert.AddZeros(spec.Payload.Length).RunToEnd();
        LargePayload.Write(database, seq, spec.Payload);
    }
}
