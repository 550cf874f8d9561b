using Npgsql;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Output;

/// <summary>
/// Writes an append in one statement: the cursor moves only if it stands where the plan began, and only then do chunks come and go. One
/// round trip and one commit, however many chunks there are.
/// </summary>
internal static class AppendRows
{
    // What was read of an end stays: its output goes on in a log beside it (LateOutput), which has a number below zero.
    // Looked up by its id: no index of tasks has the number first.
    private const string IsOpen = $"($2 < 0 OR (SELECT seq FROM tasks WHERE id = $19 AND state < {StoredState.FirstEnd}) = $1)";

    private const string Begin =
        $"""
        WITH moved AS (
            INSERT INTO output_cursors (task, attempt, next_sequence, stdout_offset, stderr_offset, head_bytes, tail_bytes, tail_from)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE {IsOpen} ON CONFLICT DO NOTHING RETURNING 1)
        """;

    // The whole row is compared: of a task that was deleted and made again, the sequence alone might fit.
    private const string Move =
        $"""
        WITH moved AS (
            UPDATE output_cursors SET next_sequence = $3, stdout_offset = $4, stderr_offset = $5, head_bytes = $6, tail_bytes = $7,
                tail_from = $8
            WHERE task = $1 AND attempt = $2 AND next_sequence = $20 AND stdout_offset = $21 AND stderr_offset = $22 AND head_bytes = $23
                AND tail_bytes = $24 AND tail_from IS NOT DISTINCT FROM $25 AND {IsOpen}
            RETURNING 1)
        """;

    private const string Rows =
        """
        , cut AS (
            DELETE FROM output_chunks WHERE task = $1 AND attempt = $2 AND sequence >= $9 AND sequence < $10 AND EXISTS (SELECT FROM moved))
        , added AS (
            INSERT INTO output_chunks (task, attempt, sequence, stream, position, length, at, packed, data, elapsed)
            SELECT $1, $2, c.* FROM unnest(
                $11::bigint[], $12::smallint[], $13::bigint[], $14::integer[], $15::bigint[], $16::boolean[], $17::bytea[], $18::bigint[]) c
            WHERE EXISTS (SELECT FROM moved))
        SELECT count(*) FROM moved
        """;

    private const string First = Begin + Rows;
    private const string More = Move + Rows;

    /// <summary>False when the cursor stood somewhere else, or the task has ended: then nothing changed.</summary>
    public static async ValueTask<bool> WritePlan(
        PostgresDatabase database, (Guid Task, int Attempt) of, OutputState before, AppendPlan plan, CancellationToken cancellation)
    {
        var moved = await database.WriteRows(
            before.IsStored ? More : First,
            parameters =>
            {
                parameters.AddNext(before.Task).AddNext(of.Attempt);
                AddPosition(parameters, plan.After);
                parameters.AddNext(plan.CutFrom).AddNext(plan.CutTo);
                AddChunks(parameters, plan.Added);
                parameters.AddNext(of.Task);
                if (before.IsStored) AddPosition(parameters, before);
            },
            row => row.GetInt64(0),
            cancellation).ConfigureAwait(false);
        return moved[0] == 1;
    }

    private static void AddPosition(NpgsqlParameterCollection parameters, OutputState state)
    {
        var (cursor, head, tail, from) = state.Position;
        parameters.AddNext(cursor.NextSequence).AddNext(cursor.StdoutOffset).AddNext(cursor.StderrOffset).AddNext(head).AddNext(tail)
            .AddNext(from);
    }

    private static void AddChunks(NpgsqlParameterCollection parameters, IReadOnlyList<OutputChunk> chunks)
    {
        var packed = chunks.Select(chunk => PackedData.Pack(chunk.Data)).ToArray();
        parameters
            .AddNext(chunks.Select(chunk => chunk.Sequence).ToArray())
            .AddNext(chunks.Select(chunk => (short)chunk.Stream).ToArray())
            .AddNext(chunks.Select(chunk => chunk.Offset).ToArray())
            .AddNext(chunks.Select(chunk => chunk.Data.Length).ToArray())
            .AddNext(chunks.Select(chunk => chunk.At.UtcTicks).ToArray())
            .AddNext(packed.Select(chunk => chunk.Packed).ToArray())
            .AddNext(packed.Select(chunk => chunk.Data).ToArray())
            .AddNext(chunks.Select(chunk => chunk.Elapsed).ToArray());
    }
}
