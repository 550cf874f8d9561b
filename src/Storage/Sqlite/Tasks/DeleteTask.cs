using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Sqlite.Audit;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>Deletes one task with all that belongs to it. False when it is not at the expected version.</summary>
internal sealed class DeleteTask(Guid id, long expectedVersion) : SqliteOperation<bool>
{
    private const string KeepTrail =
        "INSERT INTO audit_tasks (number, id, tenant, ended_at) SELECT seq, id, tenant, ended_at FROM tasks WHERE seq = ?1";

    public override WriteKey? Key => new WriteKey(WriteTable.Tasks, id);

    public override void Apply(SqliteDatabase database)
    {
        Result = false;
        if (FindRow(database) is not { } seq) return;
        DeleteAllRows(database, seq, keepsAudit: false);
        Result = true;
    }

    /// <summary>
    /// Deletes the rows of one task from every table, but those of its audit where that is kept longer; bytes of output that went with it.
    /// </summary>
    public static long DeleteAllRows(SqliteDatabase database, long seq, bool keepsAudit)
    {
        LeaveAgentSession(database, seq);
        var bytes = SumOutputBytes(database, seq);
        RunStatement(database, "DELETE FROM output_chunks WHERE task = ?1", seq);
        RunStatement(database, "DELETE FROM output_cursors WHERE task = ?1", seq);
        if (keepsAudit) RunStatement(database, KeepTrail, seq);
        else DeleteTrails.DeleteRows(database, seq);
        RunStatement(database, "DELETE FROM webhooks WHERE task = ?1", seq);
        RunStatement(database, "DELETE FROM task_specs WHERE seq = ?1", seq);
        RunStatement(database, "DELETE FROM tasks WHERE seq = ?1", seq);
        RunStatement(database, LastNumbers.KeepTask, seq);
        return bytes;
    }

    private long? FindRow(SqliteDatabase database)
    {
        using var find = database.GetStatement("SELECT seq FROM tasks WHERE id = ?1 AND version = ?2");
        return find.Add(id).Add(expectedVersion).Step() ? find.GetLong(0) : null;
    }

    private static void LeaveAgentSession(SqliteDatabase database, long seq)
    {
        using var task = database.GetStatement("SELECT tenant, session FROM tasks WHERE seq = ?1 AND session IS NOT NULL");
        if (task.Add(seq).Step()) AgentSessionRows.RemoveTask(database, task.GetText(0), task.GetText(1));
    }

    private static long SumOutputBytes(SqliteDatabase database, long seq)
    {
        using var kept = database.GetStatement("SELECT coalesce(sum(head_bytes + tail_bytes), 0) FROM output_cursors WHERE task = ?1");
        return kept.Add(seq).Step() ? kept.GetLong(0) : 0;
    }

    private static void RunStatement(SqliteDatabase database, string sql, long seq)
    {
        using var statement = database.GetStatement(sql);
        statement.Add(seq).RunToEnd();
    }
}
