using Microsoft.Extensions.Logging;
using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Sqlite;

/// <summary>The database file: one writer, some readers. Brings the schema up to date when it opens.</summary>
internal sealed class SqliteStore : IStoreState, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan TrialInterval = TimeSpan.FromSeconds(1);
    private readonly BatchWriter<SqliteOperation> writer;
    private readonly WriteRefusals refusals;

    public SqliteStore(string path, TimeProvider clock, ILogger<SqliteStore> log)
    {
        var file = Path.GetFullPath(path);
        DatabaseFile.EnsureUpToDate(file, clock, log);
        Folder = Path.GetDirectoryName(file)!;
        Readers = new ReaderPool(file);
        refusals = new WriteRefusals(clock, log);
        writer = new BatchWriter<SqliteOperation>(new SqliteTarget(file, clock), log, refusals: refusals);
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

    /// <summary>
    /// While writes are refused one is tried, at most once a second, that changes nothing: the refusal would stand for as long as nobody
    /// who was turned away comes back.
    /// </summary>
    public async ValueTask<string?> FindRefusal(CancellationToken cancellation)
    {
        if (refusals.Age is not { } age) return null;
        if (age >= TrialInterval)
        {
            var trial = Write(new TrialWrite()).AsTask();
            await ((Task)trial).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return refusals.Sentence;
    }

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync().ConfigureAwait(false);
        Readers.Dispose();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>A commit that changes nothing and writes all the same: the first page, with the number of the schema that it has.</summary>
    private sealed class TrialWrite : SqliteOperation<bool>
    {
        public override void Apply(SqliteDatabase database)
        {
            long schema;
            using (var row = database.GetStatement("PRAGMA user_version"))
            {
                row.Step();
                schema = row.GetLong(0);
            }
            database.Execute(string.Create(null, $"PRAGMA user_version = {schema}"));
            Result = true;
        }
    }
}
