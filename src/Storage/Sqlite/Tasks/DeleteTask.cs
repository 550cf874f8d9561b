using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>Deletes one task with all that belongs to it. False when it is not at the expected version.</summary>
internal sealed class DeleteTask(Guid id, long expectedVersion) : SqliteOperation<bool>
{
    public override WriteKey? Key => new WriteKey(WriteTable.Tasks, id);

    public override void Apply(SqliteDatabase database)
    {
        Result = false;
        if (Find(database) is not { } seq) return;
        Whole(database, seq);
        Result = true;
    }

    /// <summary>Deletes the rows of one task from every table; bytes of output that went with it.</summary>
    public static long Whole(SqliteDatabase database, long seq)
    {
        LeaveConversation(database, seq);
        var bytes = OutputBytes(database, seq);
        Run(database, "DELETE FROM output_chunks WHERE task = ?1", seq);
        Run(database, "DELETE FROM output_cursors WHERE task = ?1", seq);
        Run(database, "DELETE FROM audit WHERE task = ?1", seq);
        Run(database, "DELETE FROM task_specs WHERE seq = ?1", seq);
        Run(database, "DELETE FROM tasks WHERE seq = ?1", seq);
        return bytes;
    }

    private long? Find(SqliteDatabase database)
    {
        using var find = database.Use("SELECT seq FROM tasks WHERE id = ?1 AND version = ?2");
        return find.Add(id).Add(expectedVersion).Step() ? find.Long(0) : null;
    }

    private static void LeaveConversation(SqliteDatabase database, long seq)
    {
        using var task = database.Use("SELECT tenant, session FROM tasks WHERE seq = ?1 AND session IS NOT NULL");
        if (task.Add(seq).Step()) Conversations.Leave(database, task.Text(0), task.Text(1));
    }

    private static long OutputBytes(SqliteDatabase database, long seq)
    {
        using var kept = database.Use("SELECT coalesce(sum(head_bytes + tail_bytes), 0) FROM output_cursors WHERE task = ?1");
        return kept.Add(seq).Step() ? kept.Long(0) : 0;
    }

    private static void Run(SqliteDatabase database, string sql, long seq)
    {
        using var statement = database.Use(sql);
        statement.Add(seq).Run();
    }
}
