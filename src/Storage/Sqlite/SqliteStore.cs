using Microsoft.Extensions.Logging;
using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Sqlite;

/// <summary>The database file: one writer, some readers. Brings the schema up to date when it opens.</summary>
internal sealed class SqliteStore : IAsyncDisposable, IDisposable
{
    private readonly BatchWriter<SqliteOperation> writer;

    public SqliteStore(string path, TimeProvider clock, ILogger<SqliteStore> log)
    {
        var file = Path.GetFullPath(path);
        DatabaseFile.Prepare(file, clock, log);
        Folder = Path.GetDirectoryName(file)!;
        Readers = new ReaderPool(file);
        writer = new BatchWriter<SqliteOperation>(new SqliteTarget(file), log);
    }

    public ReaderPool Readers { get; }

    /// <summary>Where the file is.</summary>
    public string Folder { get; }

    /// <summary>Answers once the write is durable.</summary>
    public async ValueTask<TResult> Write<TResult>(SqliteOperation<TResult> operation)
    {
        await writer.Enqueue(operation).ConfigureAwait(false);
        return await operation.Durable.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync().ConfigureAwait(false);
        Readers.Dispose();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
