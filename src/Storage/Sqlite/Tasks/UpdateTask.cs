using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>A later write of a task with its audit row. False when the row is not at the expected version any more.</summary>
internal sealed class UpdateTask(TaskRecord record, long expectedVersion) : SqliteOperation<bool>
{
    private const string Find = "SELECT seq FROM tasks WHERE id = ?1 AND version = ?2";

    // Names no column that never changes: SQLite then leaves the indexes over those alone. And no RETURNING: that makes a
    // temporary table and a journal for every statement, which costs as much as the rest of it.
    private const string Row =
        """
        UPDATE tasks SET version = ?2, state = ?3, attempt = ?4, failed_attempts = ?5, cancel_requested = ?6, epoch = ?7, worker = ?8,
            reason = ?9, not_before = ?10, started_at = ?11, ended_at = ?12, wake_at = ?13, outcome = ?14, late_result = ?15,
            start_ticket = ?16, approval = ?17, awaits = ?18
        WHERE seq = ?1
        """;

    private readonly byte[]? outcome = TaskColumns.ToJson(record.Outcome);
    private readonly byte[]? lateResult = TaskColumns.ToJson(record.LateResult);
    private readonly byte[]? approval = TaskColumns.ToJson(record.Approval);

    public override WriteKey? Key => new WriteKey(WriteTable.Tasks, record.Id);

    public override void Apply(SqliteDatabase database)
    {
        Result = false;
        if (FindRow(database) is not { } seq) return;
        UpdateRow(database, seq);
        if (record.Last?.Trigger == Transition.Pin) UpdateRequires(database, seq);
        TaskAudit.InsertRow(database, seq, record);
        AgentSessionRows.RecordActivity(database, record, newTasks: 0);
        Result = true;
    }

    private long? FindRow(SqliteDatabase database)
    {
        using var find = database.GetStatement(Find);
        return find.Add(record.Id).Add(expectedVersion).Step() ? find.GetLong(0) : null;
    }

    private void UpdateRequires(SqliteDatabase database, long seq)
    {
        using var update = database.GetStatement("UPDATE tasks SET requires = ?2 WHERE seq = ?1");
        update.Add(seq).Add(record.Spec.Requires).RunToEnd();
    }

    private void UpdateRow(SqliteDatabase database, long seq)
    {
        using var update = database.GetStatement(Row);
        update.Add(seq).Add(record.Version).Add((long)StoredState.FromState(record.State)).Add(record.Attempt)
            .Add(record.FailedAttempts).Add(record.CancelRequested).Add(record.Epoch).Add(record.Worker).Add(record.Reason)
            .Add(record.NotBefore).Add(record.StartedAt).Add(record.EndedAt).Add(record.WakeAt).Add(outcome).Add(lateResult)
            .Add(record.StartTicket).Add(approval).Add(record.Approval?.Worker).RunToEnd();
    }
}
