using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Storage.Sqlite;

namespace OpenClaw.Storage.Output;

/// <summary>
/// Where an attempt's output stands: the cursor, how much of head and tail is kept, and the first sequence of the tail (null
/// while everything still fits the head).
/// </summary>
internal readonly record struct OutputPosition(OutputCursor Cursor, long HeadBytes, long TailBytes, long? TailFrom)
{
    private const string Select =
        """
        SELECT next_sequence, stdout_offset, stderr_offset, head_bytes, tail_bytes, tail_from FROM output_cursors
        WHERE task = ?1 AND attempt = ?2
        """;

    private const string Upsert =
        """
        INSERT INTO output_cursors (task, attempt, next_sequence, stdout_offset, stderr_offset, head_bytes, tail_bytes, tail_from)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (task, attempt) DO UPDATE SET next_sequence = excluded.next_sequence, stdout_offset = excluded.stdout_offset,
            stderr_offset = excluded.stderr_offset, head_bytes = excluded.head_bytes, tail_bytes = excluded.tail_bytes,
            tail_from = excluded.tail_from
        """;

    public static OutputPosition Read(SqliteDatabase database, long task, int attempt)
    {
        using var row = database.Use(Select);
        if (!row.Add(task).Add(attempt).Step()) return default;
        var cursor = new OutputCursor(row.Long(0), row.Long(1), row.Long(2));
        return new OutputPosition(cursor, row.Long(3), row.Long(4), row.IsNull(5) ? null : row.Long(5));
    }

    public void Write(SqliteDatabase database, long task, int attempt)
    {
        using var row = database.Use(Upsert);
        row.Add(task).Add(attempt).Add(Cursor.NextSequence).Add(Cursor.StdoutOffset).Add(Cursor.StderrOffset)
            .Add(HeadBytes).Add(TailBytes).Add(TailFrom).Run();
    }

    /// <summary>The position after a chunk that joins: to the head while it fits there whole and nothing was cut to the tail yet.</summary>
    public OutputPosition After(OutputChunk chunk, OutputLimits limits)
    {
        var toHead = TailFrom is null && HeadBytes + chunk.Data.Length <= limits.Head;
        return new OutputPosition(
            Advance(Cursor, chunk),
            toHead ? HeadBytes + chunk.Data.Length : HeadBytes,
            toHead ? TailBytes : TailBytes + chunk.Data.Length,
            toHead ? null : TailFrom ?? chunk.Sequence);
    }

    /// <summary>How chunks join a cursor: all known already, some new ones next in line, or a gap.</summary>
    public static AppendResult Join(OutputCursor cursor, IReadOnlyList<OutputChunk> chunks)
    {
        var start = cursor.NextSequence;
        foreach (var chunk in chunks)
        {
            if (chunk.Sequence < cursor.NextSequence) continue;
            var offset = chunk.Stream == OutputStream.Stdout ? cursor.StdoutOffset : cursor.StderrOffset;
            if (chunk.Sequence > cursor.NextSequence || chunk.Offset != offset) return AppendResult.Gap;
            cursor = Advance(cursor, chunk);
        }
        return cursor.NextSequence == start ? AppendResult.Duplicate : AppendResult.Appended;
    }

    private static OutputCursor Advance(OutputCursor cursor, OutputChunk chunk) => chunk.Stream == OutputStream.Stdout
        ? cursor with { NextSequence = cursor.NextSequence + 1, StdoutOffset = cursor.StdoutOffset + chunk.Data.Length }
        : cursor with { NextSequence = cursor.NextSequence + 1, StderrOffset = cursor.StderrOffset + chunk.Data.Length };
}
