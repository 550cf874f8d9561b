using Microsoft.Extensions.Logging;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres.GroupCommit;

namespace OpenClaw.Storage.Postgres;

/// <summary>
/// The ways into the database that share round trips: writers, each with the keys that fall to it so that the writes of one key keep
/// their order, and a reader of single rows.
/// </summary>
internal sealed class PostgresStore : IAsyncDisposable, IDisposable
{
    /// <summary>While one waits for the disk the other's batch is worked out.</summary>
    private const int Writers = 2;

    private readonly BatchWriter<PostgresOperation>[] writers;
    private readonly BatchWriter<PostgresOperation> reader;
    private volatile bool closed;

    public PostgresStore(PostgresDatabase database, ILogger<PostgresStore> log)
    {
        writers = new BatchWriter<PostgresOperation>[Writers];
        for (var i = 0; i < writers.Length; i++) writers[i] = new BatchWriter<PostgresOperation>(new PostgresTarget(database), log);
        reader = new BatchWriter<PostgresOperation>(new ReadTarget(database), log, name: "openclaw-reader");
    }

    /// <summary>True from the moment on that it takes nothing more.</summary>
    public bool IsClosed => closed;

    /// <summary>Answers once the write is durable.</summary>
    public ValueTask<TResult> Write<TResult>(PostgresOperation<TResult> operation) => Run(WriterOf(operation), operation);

    /// <summary>Reads one row, together with all who read at the same time.</summary>
    public ValueTask<TResult> Read<TResult>(PostgresOperation<TResult> operation) => Run(reader, operation);

    public async ValueTask DisposeAsync()
    {
        closed = true;
        await Task.WhenAll(writers.Append(reader).Select(writer => writer.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private BatchWriter<PostgresOperation> WriterOf(PostgresOperation operation) =>
        operation.Key is { } key ? writers[(uint)key.Id.GetHashCode() % Writers] : writers[0];

    private static async ValueTask<TResult> Run<TResult>(BatchWriter<PostgresOperation> writer, PostgresOperation<TResult> operation)
    {
        await writer.Enqueue(operation).ConfigureAwait(false);
        return await operation.Durable.ConfigureAwait(false);
    }
}
