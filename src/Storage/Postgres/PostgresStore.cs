using Microsoft.Extensions.Logging;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres.GroupCommit;

namespace OpenClaw.Storage.Postgres;

/// <summary>
/// The ways into the database that share round trips: a writer and a reader of single rows. A second writer would halve the batches: the
/// same tasks cost twice the commits and statements then, and a third fewer of them came through (docs/performance.md).
/// </summary>
internal sealed class PostgresStore : IStoreState, IAsyncDisposable, IDisposable
{
    /// <summary>A refusal that was not heard again for so long says nothing any more: nobody writes, or the disk has room.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    private readonly BatchWriter<PostgresOperation> writer;
    private readonly BatchWriter<PostgresOperation> reader;
    private readonly WriteRefusals refusals;
    private volatile bool closed;

    public PostgresStore(PostgresDatabase database, TimeProvider clock, ILogger<PostgresStore> log)
    {
        refusals = new WriteRefusals(clock, log);
        writer = new BatchWriter<PostgresOperation>(new PostgresTarget(database), log, blockedTarget: new PostgresTarget(database),
            refusals: refusals);
        reader = new BatchWriter<PostgresOperation>(new ReadTarget(database), log, name: "openclaw-reader");
    }

    /// <summary>True from the moment on that it takes nothing more.</summary>
    public bool IsClosed => closed;

    /// <summary>Answers once the write is durable.</summary>
    public ValueTask<TResult> Write<TResult>(PostgresOperation<TResult> operation) => EnqueueAndWait(writer, operation);

    /// <summary>Reads one row, together with all who read at the same time.</summary>
    public ValueTask<TResult> Read<TResult>(PostgresOperation<TResult> operation) => EnqueueAndWait(reader, operation);

    public ValueTask<string?> FindRefusal(CancellationToken cancellation) => new(refusals.Age < Remembered ? refusals.Sentence : null);

    public async ValueTask DisposeAsync()
    {
        closed = true;
        await writer.DisposeAsync().ConfigureAwait(false);
        await reader.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static async ValueTask<TResult> EnqueueAndWait<TResult>(
        BatchWriter<PostgresOperation> writer, PostgresOperation<TResult> operation)
    {
        await writer.Enqueue(operation).ConfigureAwait(false);
        return await operation.Durable.ConfigureAwait(false);
    }
}
