using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Output;

namespace OpenClaw.Storage.Sqlite.Output;

/// <summary>
/// Adds chunks to one attempt when they join what is there, and drops the oldest of the tail that are too much. The position
/// is read in the same transaction: no cache can disagree with the rows. Output of a task that does not exist is a gap at zero.
/// </summary>
internal sealed class AppendOutput(Guid task, IReadOnlyList<OutputChunk> chunks, OutputLimits limits)
    : SqliteOperation<(AppendResult Result, OutputCursor Cursor)>
{
    private const string TailOldestFirst =
        """
        SELECT rowid, sequence, length FROM output_chunks INDEXED BY output_by_sequence
        WHERE task = ?1 AND attempt = ?2 AND sequence >= ?3 ORDER BY sequence
        """;

    private readonly int attempt = chunks[0].Attempt;

    public override WriteKey? Key => new WriteKey(WriteTable.Output, task);

    public override void Apply(SqliteDatabase database)
    {
        if (FindTask(database, task) is not { } row)
        {
            Result = (AppendResult.Gap, default);
            return;
        }
        var (seq, hasEnded) = row;
        var position = OutputCursors.ReadPosition(database, seq, attempt);
        var joins = OutputPosition.JudgeAppend(position.Cursor, chunks);
        if (joins == AppendResult.Appended && hasEnded && !LateOutput.IsLog(attempt)) joins = AppendResult.Ended;
        if (joins == AppendResult.Appended)
        {
            position = InsertChunks(database, seq, position);
            if (position.TailBytes > limits.Tail) position = CutTail(database, seq, position);
            OutputCursors.WritePosition(database, seq, attempt, position);
        }
        Result = (joins, position.Cursor);
    }

    /// <summary>Key of a task's row, and whether the task has ended; null when there is none.</summary>
    public static (long Seq, bool HasEnded)? FindTask(SqliteDatabase database, Guid task)
    {
        using var find = database.GetStatement("SELECT seq, state FROM tasks WHERE id = ?1");
        return find.Add(task).Step() ? (find.GetLong(0), ((TaskState)find.GetInt(1)).IsEnd()) : null;
    }

    private OutputPosition InsertChunks(SqliteDatabase database, long seq, OutputPosition position)
    {
        for (var i = 0; i < chunks.Count; i++)
        {
            var chunk = chunks[i];
            if (chunk.Sequence < position.Cursor.NextSequence) continue;
            ChunkRows.Insert(database, seq, chunk);
            position = position.AdvanceBy(chunk, limits);
        }
        return position;
    }

    private OutputPosition CutTail(SqliteDatabase database, long seq, OutputPosition position)
    {
        var drop = new List<long>();
        var (bytes, from) = (position.TailBytes, position.TailFrom!.Value);
        using (var oldest = database.GetStatement(TailOldestFirst))
        {
            oldest.Add(seq).Add(attempt).Add(from);
            while (bytes > limits.Tail && oldest.Step())
            {
                drop.Add(oldest.GetLong(0));
                from = oldest.GetLong(1) + 1;
                bytes -= oldest.GetLong(2);
            }
        }
        foreach (var row in drop)
        {
            using var delete = database.GetStatement("DELETE FROM output_chunks WHERE rowid = ?1");
            delete.Add(row).RunToEnd();
        }
        return position with { TailBytes = bytes, TailFrom = from };
    }
}
