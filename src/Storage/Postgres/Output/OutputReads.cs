using Npgsql;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Output;

namespace OpenClaw.Storage.Postgres.Output;

/// <summary>Questions about the output of attempts.</summary>
internal static class OutputReads
{
    private const int Page = 256;

    private const string SelectState =
        """
        SELECT t.seq, c.next_sequence, c.stdout_offset, c.stderr_offset, c.head_bytes, c.tail_bytes, c.tail_from, t.state
        FROM tasks t LEFT JOIN output_cursors c ON c.task = t.seq AND c.attempt = $2 WHERE t.id = $1
        """;

    private const string SelectLengths =
        "SELECT length FROM output_chunks WHERE task = $1 AND attempt = $2 AND sequence >= $3 ORDER BY sequence LIMIT 256";

    private const string SelectLatest =
        """
        SELECT DISTINCT ON (t.id) t.id, c.attempt, c.next_sequence FROM unnest($1) f (id) JOIN tasks t ON t.id = f.id
        JOIN output_cursors c ON c.task = t.seq AND c.attempt > 0 ORDER BY t.id, c.attempt DESC
        """;

    // The server stops where there are enough bytes; it looks at lengths only, and fetches the data of what it sends.
    private const string Enough =
        """
        SELECT stream, sequence, position, at, length, packed, data, elapsed FROM (
            SELECT *, sum(length) OVER (ORDER BY {0} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM output_chunks
            WHERE task = (SELECT seq FROM tasks WHERE id = $1) AND attempt = $2 AND {1}
            ORDER BY {0} LIMIT 256) c
        WHERE before IS NULL OR before < $4 ORDER BY {0}
        """;

    private static readonly string BothStreams = FormatSql("sequence", "sequence >= $3");
    private static readonly string OneStream = FormatSql("sequence", "sequence >= $3 AND stream = $5");

    // From the last chunk that begins at or before the offset: it holds the offset unless the middle was cut there.
    private static readonly string Offset = FormatSql("position, sequence",
        """
        stream = $5 AND position >= coalesce(
            (SELECT max(p.position) FROM output_chunks p WHERE p.task = (SELECT seq FROM tasks WHERE id = $1) AND p.attempt = $2
                AND p.stream = $5 AND p.position <= $3), 0)
            AND position + length > $3
        """);

    public static async ValueTask<OutputState?> ReadState(NpgsqlDataSource source, Guid task, int attempt, CancellationToken cancellation)
    {
        var state = await ReadStoredState(source, task, attempt, cancellation).ConfigureAwait(false);
        if (state is not { IsStored: false } || !LateOutput.IsLog(attempt)) return state;
        var before = await ReadStoredState(source, task, LateOutput.ToAttempt(attempt), cancellation).ConfigureAwait(false);
        return state with { Position = OutputPosition.BeginAfter(before?.Position) };
    }

    private static async ValueTask<OutputState?> ReadStoredState(
        NpgsqlDataSource source, Guid task, int attempt, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(SelectState);
        command.Parameters.AddNext(task).AddNext(attempt);
        await using var row = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        if (!await row.ReadAsync(cancellation).ConfigureAwait(false)) return null;
        var ended = ((TaskState)row.GetInt16(7)).IsEnd();
        if (row.IsDBNull(1)) return new(row.GetInt64(0), false, default) { HasEnded = ended };
        var cursor = new OutputCursor(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
        var position = new OutputPosition(cursor, row.GetInt64(4), row.GetInt64(5), row.IsDBNull(6) ? null : row.GetInt64(6));
        return new(row.GetInt64(0), true, position) { HasEnded = ended };
    }

    /// <summary>Lengths of stored chunks that follow each other, as many as one query returns.</summary>
    public static async ValueTask<int[]> ReadLengths(
        NpgsqlDataSource source, long task, int attempt, long fromSequence, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(SelectLengths);
        command.Parameters.AddNext(task).AddNext(attempt).AddNext(fromSequence);
        await using var rows = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var lengths = new List<int>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) lengths.Add(rows.GetInt32(0));
        return [.. lengths];
    }

    public static async ValueTask<IReadOnlyList<OutputEnd>> ReadLatestEnds(
        NpgsqlDataSource source, IReadOnlyCollection<Guid> tasks, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(SelectLatest);
        command.Parameters.AddNext(tasks.ToArray());
        await using var rows = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var ends = new List<OutputEnd>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) ends.Add(new(rows.GetGuid(0), rows.GetInt32(1), rows.GetInt64(2)));
        return ends;
    }

    public static async ValueTask<IReadOnlyList<OutputChunk>> ReadFromSequence(
        NpgsqlDataSource source, (Guid Task, int Attempt, OutputStream? Stream) of, long sequence, int maxBytes,
            CancellationToken cancellation)
    {
        var chunks = new List<OutputChunk>();
        long bytes = 0;
        for (var full = true; full && (chunks.Count == 0 || bytes < maxBytes);)
        {
            var page = await QueryChunks(source, of.Stream is null ? BothStreams : OneStream, of, sequence, maxBytes - bytes, cancellation)
                .ConfigureAwait(false);
            chunks.AddRange(page);
            bytes += page.Sum(chunk => (long)chunk.Data.Length);
            full = page.Count == Page;
            if (full) sequence = page[^1].Sequence + 1;
        }
        return chunks;
    }

    public static async ValueTask<IReadOnlyList<OutputChunk>> ReadFromOffset(
        NpgsqlDataSource source, (Guid Task, int Attempt, OutputStream? Stream) of, long offset, int maxBytes,
            CancellationToken cancellation)
    {
        var chunks = new List<OutputChunk>();
        long bytes = 0;
        for (var full = true; full && (chunks.Count == 0 || bytes < maxBytes);)
        {
            var page = await QueryChunks(source, Offset, of, offset, maxBytes - bytes, cancellation).ConfigureAwait(false);
            chunks.AddRange(page);
            bytes += page.Sum(chunk => (long)chunk.Data.Length);
            full = page.Count == Page;
            if (full) offset = page[^1].Offset + page[^1].Data.Length;
        }
        return chunks;
    }

    private static async ValueTask<List<OutputChunk>> QueryChunks(
        NpgsqlDataSource source, string text, (Guid Task, int Attempt, OutputStream? Stream) of, long from, long maxBytes,
            CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(text);
        command.Parameters.AddNext(of.Task).AddNext(of.Attempt).AddNext(from).AddNext(maxBytes);
        if (of.Stream is { } stream) command.Parameters.AddNext((short)stream);
        await using var rows = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var chunks = new List<OutputChunk>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var data = PackedData.Unpack(rows.GetFieldValue<byte[]>(6), rows.GetBoolean(5), rows.GetInt32(4));
            var at = new DateTimeOffset(rows.GetInt64(3), TimeSpan.Zero);
            chunks.Add(new(of.Attempt, (OutputStream)rows.GetInt16(0), rows.GetInt64(1), rows.GetInt64(2), data, at)
            {
                Elapsed = rows.IsDBNull(7) ? null : rows.GetInt64(7),
            });
        }
        return chunks;
    }

    private static string FormatSql(string order, string which) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, Enough, order, which);
}
