using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Sqlite;

namespace OpenClaw.Storage.Tasks;

/// <summary>A later write of a task with its audit row. False when the row is not at the expected version any more.</summary>
internal sealed class UpdateTask(TaskRecord record, long expectedVersion) : SqliteOperation<bool>
{
    // Names no column that never changes: SQLite then leaves the indexes over those alone.
    private const string Row =
        """
        UPDATE tasks SET version = ?3, state = ?4, attempt = ?5, failed_attempts = ?6, cancel_requested = ?7, epoch = ?8, worker = ?9,
            reason = ?10, not_before = ?11, started_at = ?12, ended_at = ?13, wake_at = ?14, outcome = ?15, late_result = ?16
        WHERE id = ?1 AND version = ?2
        RETURNING seq
        """;

    private readonly byte[]? outcome = TaskRow.Json(record.Outcome);
    private readonly byte[]? lateResult = TaskRow.Json(record.LateResult);

    public override WriteKey? Key => new WriteKey(WriteTable.Tasks, record.Id);

    public override void Apply(SqliteDatabase database)
    {
        Result = false;
        if (Update(database) is not { } seq) return;
        TaskAudit.Insert(database, seq, record);
        Conversations.Touch(database, record, newTasks: 0);
        Result = true;
    }

    private long? Update(SqliteDatabase database)
    {
        using var update = database.Use(Row);
        update.Add(record.Id).Add(expectedVersion).Add(record.Version).Add((long)TaskRow.Stored(record.State)).Add(record.Attempt)
            .Add(record.FailedAttempts).Add(record.CancelRequested).Add(record.Epoch).Add(record.Worker).Add(record.Reason)
            .Add(record.NotBefore).Add(record.StartedAt).Add(record.EndedAt).Add(record.WakeAt).Add(outcome).Add(lateResult);
        return update.Step() ? update.Long(0) : null;
    }
}
