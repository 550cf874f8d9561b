using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Storage.Output;

namespace OpenClaw.Storage.Sqlite.Output;

/// <summary>The rows of chunks.</summary>
internal static class ChunkRows
{
    private const string Row =
        """
        INSERT INTO output_chunks (task, attempt, sequence, stream, position, length, at, data, elapsed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """;

    public static void Insert(SqliteDatabase database, long task, OutputChunk chunk)
    {
        using var insert = database.GetStatement(Row);
        insert.Add(task).Add(chunk.Attempt).Add(chunk.Sequence).Add((long)chunk.Stream).Add(chunk.Offset).Add(chunk.Data.Length)
            .Add(chunk.At).AddBlob(chunk.Data.Span).Add(chunk.Elapsed).RunToEnd();
    }
}

/// <summary>The output that comes with an end.</summary>
internal static class EndOutputRows
{
    /// <summary>False when there is output of the attempt: nothing was written.</summary>
    public static bool TryInsert(SqliteDatabase database, long task, int attempt, EndOutput output)
    {
        if (OutputCursors.HasPosition(database, task, attempt)) return false;
        var chunks = output.ToChunks(attempt);
        foreach (var chunk in chunks) ChunkRows.Insert(database, task, chunk);
        OutputCursors.WritePosition(database, task, attempt, OutputPosition.FromWhole(chunks));
        return true;
    }
}
