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

    /// <summary>Where an attempt's output stands; null for an unknown task.</summary>
    public static async ValueTask<OutputState?> ReadState(PostgresDatabase database, Guid task, int attempt, CancellationToken cancellation)
    {
        var state = await ReadStoredState(database, task, attempt, cancellation).ConfigureAwait(false);
        if (state is not { IsStored: false } || !LateOutput.IsLog(attempt)) return state;
        var before = await ReadStoredState(database, task, LateOutput.ToAttempt(attempt), cancellation).ConfigureAwait(false);
        return state with { Position = OutputPosition.BeginAfter(before?.Position) };
    }

    /// <summary>Lengths of stored chunks that follow each other, as many as one query returns.</summary>
    public static async ValueTask<int[]> ReadLengths(
        PostgresDatabase database, long task, int attempt, long fromSequence, CancellationToken cancellation) =>
    [
        .. await database.QueryRows(
            SelectLengths,
            parameters => parameters.AddNext(task).AddNext(attempt).AddNext(fromSequence),
            row => row.GetInt32(0),
            cancellation).ConfigureAwait(false),
    ];

    public static async ValueTask<IReadOnlyList<OutputEnd>> ReadLatestEnds(
        PostgresDatabase database, IReadOnlyCollection<Guid> tasks, CancellationToken cancellation) =>
        await database.QueryRows(
            SelectLatest,
            parameters => parameters.AddNext(tasks.ToArray()),
            row => new OutputEnd(row.GetGuid(0), row.GetInt32(1), row.GetInt64(2)),
            cancellation).ConfigureAwait(false);

    public static async ValueTask<IReadOnlyList<OutputChunk>> ReadFromSequence(
        PostgresDatabase database, (Guid Task, int Attempt, OutputStream? Stream) of, long sequence, int maxBytes,
        CancellationToken cancellation)
    {
        var chunks = new List<OutputChunk>();
        long bytes = 0;
        for (var full = true; full && (chunks.Count == 0 || bytes < maxBytes);)
        {
            var sql = of.Stream is null ? BothStreams : OneStream;
            var page = await QueryChunks(database, sql, of, sequence, maxBytes - bytes, cancellation).ConfigureAwait(false);
            chunks.AddRange(page);
            bytes += page.Sum(chunk => (long)chunk.Data.Length);
            full = page.Count == Page;
            if (full) sequence = page[^1].Sequence + 1;
        }
        return chunks;
    }

    public static async ValueTask<IReadOnlyList<OutputChunk>> ReadFromOffset(
        PostgresDatabase database, (Guid Task, int Attempt, OutputStream? Stream) of, long offset, int maxBytes,
        CancellationToken cancellation)
    {
        var chunks = new List<OutputChunk>();
        long bytes = 0;
        for (var full = true; full && (chunks.Count == 0 || bytes < maxBytes);)
        {
            var page = await QueryChunks(database, Offset, of, offset, maxBytes - bytes, cancellation).ConfigureAwait(false);
            chunks.AddRange(page);
            bytes += page.Sum(chunk => (long)chunk.Data.Length);
            full = page.Count == Page;
            if (full) offset = page[^1].Offset + page[^1].Data.Length;
        }
        return chunks;
    }

    private static async ValueTask<OutputState?> ReadStoredState(
        PostgresDatabase database, Guid task, int attempt, CancellationToken cancellation)
    {
        var found = await database.QueryRows(
            SelectState, parameters => parameters.AddNext(task).AddNext(attempt), ReadStoredState, cancellation).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    private static OutputState ReadStoredState(NpgsqlDataReader row)
    {
        var ended = ((TaskState)row.GetInt16(7)).IsEnd();
        if (row.IsDBNull(1)) return new(row.GetInt64(0), false, default) { HasEnded = ended };
        var cursor = new OutputCursor(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
        var position = new OutputPosition(cursor, row.GetInt64(4), row.GetInt64(5), row.IsDBNull(6) ? null : row.GetInt64(6));
        return new(row.GetInt64(0), true, position) { HasEnded = ended };
    }

    private static ValueTask<List<OutputChunk>> QueryChunks(
        PostgresDatabase database, string sql, (Guid Task, int Attempt, OutputStream? Stream) of, long from, long maxBytes,
        CancellationToken cancellation) => database.QueryRows(
            sql,
            parameters =>
            {
                parameters.AddNext(of.Task).AddNext(of.Attempt).AddNext(from).AddNext(maxBytes);
                if (of.Stream is { } stream) parameters.AddNext((short)stream);
            },
            row => ReadChunk(row, of.Attempt),
            cancellation);

    private static OutputChunk ReadChunk(NpgsqlDataReader row, int attempt)
    {
        var data = PackedData.Unpack(row.GetFieldValue<byte[]>(6), row.GetBoolean(5), row.GetInt32(4));
        return new(attempt, (OutputStream)row.GetInt16(0), row.GetInt64(1), row.GetInt64(2), data, row.GetTime(3))
        {
            Elapsed = row.IsDBNull(7) ? null : row.GetInt64(7),
        };
    }

    private static string FormatSql(string order, string which) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, Enough, order, which);
}
