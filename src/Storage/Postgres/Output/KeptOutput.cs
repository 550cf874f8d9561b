using Npgsql;
using OpenClaw.Storage.Retention;

namespace OpenClaw.Storage.Postgres.Output;

/// <summary>The output and payloads of ended tasks in PostgreSQL.</summary>
internal sealed class KeptOutput(PostgresDatabase database) : IKeptOutput
{
    private const string OfEnded =
        """
        SELECT t.seq, t.ended_at, coalesce((SELECT sum(c.head_bytes + c.tail_bytes)::bigint FROM output_cursors c WHERE c.task = t.seq), 0)
            + coalesce((SELECT octet_length(s.payload) FROM task_specs s WHERE s.seq = t.seq AND octet_length(s.payload) > $3), 0)
        FROM tasks t WHERE t.ended_at IS NOT NULL AND t.ended_at >= $1 ORDER BY t.ended_at LIMIT $2
        """;

    private const string Chunks = "DELETE FROM output_chunks WHERE task = ANY ($1)";

    private const string Cursors = "UPDATE output_cursors SET head_bytes = 0, tail_bytes = 0, tail_from = NULL WHERE task = ANY ($1)";

    private const string Payloads =
        "UPDATE task_specs SET payload = '', signed = NULL WHERE seq = ANY ($1) AND octet_length(payload) > $2";

    public long? FreeSpace => null;

    public async ValueTask<IReadOnlyList<EndedTask>> ReadEndedTasks(DateTimeOffset from, int limit, CancellationToken cancellation) =>
        await database.QueryRows(
            OfEnded, parameters => parameters.AddNext(from).AddNext(limit).AddNext(IKeptOutput.SmallPayload),
            row => new EndedTask(row.GetInt64(0), row.GetTime(1), row.GetInt64(2)), cancellation).ConfigureAwait(false);

    public ValueTask<int> DeleteOutput(IReadOnlyList<long> numbers, CancellationToken cancellation) => database.RunTransaction(
        async (connection, stop) =>
        {
            await using var batch = new NpgsqlBatch(connection);
            var seqs = numbers.ToArray();
            foreach (var sql in (string[])[Chunks, Cursors])
            {
                var command = new NpgsqlBatchCommand(sql);
                command.Parameters.AddNext(seqs);
                batch.BatchCommands.Add(command);
            }
            var payloads = new NpgsqlBatchCommand(Payloads);
            payloads.Parameters.AddNext(seqs).AddNext(IKeptOutput.SmallPayload);
            batch.BatchCommands.Add(payloads);
            await batch.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
            return numbers.Count;
        },
        cancellation);
}
