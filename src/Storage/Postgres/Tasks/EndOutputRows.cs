using Npgsql;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Output;
using OpenClaw.Storage.Postgres.GroupCommit;
using OpenClaw.Storage.Postgres.Output;
using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>The output that came with an end, packed by whoever asks for the write.</summary>
internal sealed record EndOutputRow(Guid Task, int Attempt, OutputPosition Position, IReadOnlyList<PackedChunk> Chunks)
{
    /// <summary>Null: the step came with none.</summary>
    public static EndOutputRow? FromRecord(TaskRecord record)
    {
        if (record.Output is not { Chunks.Length: > 0 } output) return null;
        var chunks = output.ToChunks(record.Attempt);
        return new(record.Id, record.Attempt, OutputPosition.FromWhole(chunks), [.. chunks.Select(PackedChunk.FromChunk)]);
    }
}

/// <summary>
/// The parts of the statement that updates tasks which write the output of those that came with some: the cursor's row and the chunks',
/// of the tasks that were updated, and nothing of a task whose attempt has output already.
/// </summary>
/// <param name="first">The first of its parameters.</param>
internal sealed class EndOutputRows(int first)
{
    private const string Cursors = "id, attempt, next_sequence, stdout_offset, stderr_offset, head_bytes";
    private const string Chunks = "id, attempt, sequence, stream, position, length, at, packed, data, elapsed";

    /// <summary>For the statement's condition: of what it comes with there is nothing yet.</summary>
    public const string IsFirst =
        """
         AND NOT EXISTS (
            SELECT FROM printed p JOIN output_cursors c ON c.attempt = p.attempt WHERE p.id = n.id AND c.task = t.seq)
        """;

    /// <summary>For the statement's answer: those that were not written because of that.</summary>
    public const string Refused =
        """
         UNION ALL SELECT p.id, true FROM printed p JOIN tasks t ON t.id = p.id
            JOIN output_cursors c ON c.task = t.seq AND c.attempt = p.attempt
        """;

    /// <summary>The cursors as a table.</summary>
    public string Printed { get; } = $"printed AS (SELECT * FROM unnest({ColumnList.Parameters("$", Cursors, first)}) AS p({Cursors})), ";

    public string Inserts { get; } =
        $"""
        , cursors AS (
            INSERT INTO output_cursors (task, attempt, next_sequence, stdout_offset, stderr_offset, head_bytes, tail_bytes)
            SELECT r.seq, p.attempt, p.next_sequence, p.stdout_offset, p.stderr_offset, p.head_bytes, 0
            FROM rows r JOIN printed p ON p.id = r.id
        ), chunks AS (
            INSERT INTO output_chunks (task, attempt, sequence, stream, position, length, at, packed, data, elapsed)
            SELECT r.seq, c.attempt, c.sequence, c.stream, c.position, c.length, c.at, c.packed, c.data, c.elapsed FROM rows r
            JOIN unnest({ColumnList.Parameters("$", Chunks, first + ColumnList.Count(Cursors))}) AS c({Chunks}) ON c.id = r.id
        )
        """;

    public static void WriteParameters(IReadOnlyList<EndOutputRow> outputs, NpgsqlParameterCollection parameters)
    {
        var cursor = new ArrayRowWriter(outputs.Count, parameters);
        foreach (var output in outputs)
        {
            cursor.NextRow();
            cursor.AddId(output.Task);
            cursor.AddInt(output.Attempt);
            cursor.AddLong(output.Position.Cursor.NextSequence);
            cursor.AddLong(output.Position.Cursor.StdoutOffset);
            cursor.AddLong(output.Position.Cursor.StderrOffset);
            cursor.AddLong(output.Position.HeadBytes);
        }
        var row = new ArrayRowWriter(outputs.Sum(output => output.Chunks.Count), parameters);
        foreach (var output in outputs)
        {
            foreach (var chunk in output.Chunks)
            {
                row.NextRow();
                row.AddId(output.Task);
                row.AddInt(output.Attempt);
                chunk.WriteColumns(ref row);
            }
        }
    }
}
