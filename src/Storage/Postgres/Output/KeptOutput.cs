using Npgsql;
using OpenClaw.Storage.Retention;

namespace OpenClaw.Storage.Postgres.Output;

/// <summary>The output of ended tasks in PostgreSQL.</summary>
internal sealed class KeptOutput(PostgresDatabase database) : IKeptOutput
{
    private const string OfEnded =
        """
        SELECT t.seq, t.ended_at, (SELECT sum(c.head_bytes + c.tail_bytes)::bigint FROM output_cursors c WHERE c.task = t.seq)
        FROM tasks t WHERE t.ended_at IS NOT NULL AND t.ended_at >= $1 ORDER BY t.ended_at LIMIT $2
        """;

    private const string Chunks = "DELETE FROM output_chunks WHERE task = ANY ($1)";

    private const string Cursors = "UPDATE output_cursors SET head_bytes = 0, tail_bytes = 0, tail_from = NULL WHERE task = ANY ($1)";

    public long? FreeSpace => null;

    public async ValueTask<IReadOnlyList<EndedTask>> Ended(DateTimeOffset from, int limit, CancellationToken cancellation) =>
        await database.Query(
            OfEnded, parameters => parameters.Next(from).Next(limit),
            row => new EndedTask(row.GetInt64(0), row.Time(1), row.IsDBNull(2) ? 0 : row.GetInt64(2)), cancellation).ConfigureAwait(false);

    public ValueTask<int> Drop(IReadOnlyList<long> numbers, CancellationToken cancellation) => database.Transaction(
        async (connection, stop) =>
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var sql in (string[])[Chunks, Cursors])
            {
                var command = new NpgsqlBatchCommand(sql);
                command.Parameters.Next(numbers.ToArray());
                batch.BatchCommands.Add(command);
            }
            await batch.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
            return numbers.Count;
        },
        cancellation);
}
