using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Storage.Output;

namespace OpenClaw.Storage.Sqlite.Output;

/// <summary>Output of attempts, as rows beside the tasks.</summary>
internal sealed class OutputLog(SqliteStore store, OutputLimits limits) : IOutputLog
{
    private const string Columns = "SELECT stream, sequence, position, at, data, elapsed FROM output_chunks INDEXED BY ";
    private const string FromSequence = Columns + "output_by_sequence WHERE task = ?1 AND attempt = ?2 AND sequence >= ?3";
    private const string Both = FromSequence + " ORDER BY sequence";
    private const string One = FromSequence + " AND stream = ?4 ORDER BY sequence";

    // From the last chunk that begins at or before the offset: it holds the offset unless the middle was cut there.
    private const string Bytes = Columns +
        """
        output_by_position
        WHERE task = ?1 AND attempt = ?2 AND stream = ?3 AND position >= coalesce(
            (SELECT max(position) FROM output_chunks WHERE task = ?1 AND attempt = ?2 AND stream = ?3 AND position <= ?4), 0)
            AND position + length > ?4
        ORDER BY position, sequence
        """;

    public async ValueTask<(AppendResult Result, OutputCursor Cursor)> Append(
        Guid task, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation)
    {
        if (chunks.Count == 0) throw new ArgumentException("There is no chunk to append.", nameof(chunks));
        return await store.Write(new AppendOutput(task, chunks, limits)).ConfigureAwait(false);
    }

    public async ValueTask<OutputCursor> ReadCursor(Guid task, int attempt, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        if (AppendOutput.FindTask(reader.Database, task) is not var (seq, _)) return default;
        return OutputCursors.ReadPosition(reader.Database, seq, attempt).Cursor;
    }

    public async ValueTask<IReadOnlyList<OutputEnd>> ReadLatestEnds(IReadOnlyCollection<Guid> tasks, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        var ends = new List<OutputEnd>(tasks.Count);
        foreach (var task in tasks)
        {
            if (OutputCursors.FindLatestEnd(reader.Database, task) is { } end) ends.Add(end);
        }
        return ends;
    }

    public async ValueTask<IReadOnlyList<OutputChunk>> ReadChunks(
        Guid task, int attempt, OutputStream? stream, long fromSequence, int maxBytes, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        if (AppendOutput.FindTask(reader.Database, task) is not var (seq, _)) return [];
        using var rows = reader.Database.GetStatement(stream is null ? Both : One);
        rows.Add(seq).Add(attempt).Add(fromSequence);
        if (stream is { } wanted) rows.Add((long)wanted);
        return CollectChunks(rows, attempt, maxBytes);
    }

    public async ValueTask<IReadOnlyList<OutputChunk>> ReadFromOffset(
        Guid task, int attempt, OutputStream stream, long offset, int maxBytes, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        if (AppendOutput.FindTask(reader.Database, task) is not var (seq, _)) return [];
        using var rows = reader.Database.GetStatement(Bytes);
        rows.Add(seq).Add(attempt).Add((long)stream).Add(offset);
        return CollectChunks(rows, attempt, maxBytes);
    }

    /// <summary>Whole chunks until there are enough bytes; at least one when there is one.</summary>
    private static List<OutputChunk> CollectChunks(Statement rows, int attempt, int maxBytes)
    {
        var chunks = new List<OutputChunk>();
        long bytes = 0;
        while ((chunks.Count == 0 || bytes < maxBytes) && rows.Step())
        {
            var data = rows.GetBlob(4).ToArray();
            chunks.Add(new OutputChunk(attempt, (OutputStream)rows.GetInt(0), rows.GetLong(1), rows.GetLong(2), data, rows.GetTime(3))
            {
                Elapsed = rows.IsNull(5) ? null : rows.GetLong(5),
            });
            bytes += data.Length;
        }
        return chunks;
    }
}
