using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Storage.Output;

namespace OpenClaw.Storage.Sqlite.Output;

/// <summary>The row that says where an attempt's output stands.</summary>
internal static class OutputCursors
{
    private const string Select =
        """
        SELECT next_sequence, stdout_offset, stderr_offset, head_bytes, tail_bytes, tail_from FROM output_cursors
        WHERE task = ?1 AND attempt = ?2
        """;

    private const string Newest =
        """
        SELECT c.attempt, c.next_sequence FROM tasks t JOIN output_cursors c ON c.task = t.seq
        WHERE t.id = ?1 AND c.attempt > 0 ORDER BY c.attempt DESC LIMIT 1
        """;

    private const string Upsert =
        """
        INSERT INTO output_cursors (task, attempt, next_sequence, stdout_offset, stderr_offset, head_bytes, tail_bytes, tail_from)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (task, attempt) DO UPDATE SET next_sequence = excluded.next_sequence, stdout_offset = excluded.stdout_offset,
            stderr_offset = excluded.stderr_offset, head_bytes = excluded.head_bytes, tail_bytes = excluded.tail_bytes,
            tail_from = excluded.tail_from
        """;

    public static OutputPosition ReadPosition(SqliteDatabase database, long task, int attempt) =>
        FindPosition(database, task, attempt) ?? (LateOutput.IsLog(attempt)
            ? OutputPosition.BeginAfter(FindPosition(database, task, LateOutput.ToAttempt(attempt)))
            : default);

    /// <summary>True when the attempt has printed something.</summary>
    public static bool HasPosition(SqliteDatabase database, long task, int attempt) =>
        FindPosition(database, task, attempt) is not null;

    private static OutputPosition? FindPosition(SqliteDatabase database, long task, int attempt)
    {
        using var row = database.GetStatement(Select);
        if (!row.Add(task).Add(attempt).Step()) return null;
        var cursor = new OutputCursor(row.GetLong(0), row.GetLong(1), row.GetLong(2));
        return new OutputPosition(cursor, row.GetLong(3), row.GetLong(4), row.IsNull(5) ? null : row.GetLong(5));
    }

    /// <summary>How far the latest attempt goes; null for a task without output.</summary>
    public static OutputEnd? FindLatestEnd(SqliteDatabase database, Guid task)
    {
        using var row = database.GetStatement(Newest);
        return row.Add(task).Step() ? new OutputEnd(task, row.GetInt(0), row.GetLong(1)) : null;
    }

    public static void WritePosition(SqliteDatabase database, long task, int attempt, OutputPosition position)
    {
        var cursor = position.Cursor;
        using var row = database.GetStatement(Upsert);
        row.Add(task).Add(attempt).Add(cursor.NextSequence).Add(cursor.StdoutOffset).Add(cursor.StderrOffset)
            .Add(position.HeadBytes).Add(position.TailBytes).Add(position.TailFrom).RunToEnd();
    }
}
