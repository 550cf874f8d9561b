using System.Collections.Concurrent;

namespace OpenClaw.Storage.Sqlite;

/// <summary>A few reading connections. In WAL mode they neither wait for the writer nor hold it up.</summary>
internal sealed class ReaderPool(string path) : IDisposable
{
    private const int Size = 4;
    private readonly SemaphoreSlim free = new(Size, Size);
    private readonly ConcurrentBag<SqliteDatabase> idle = [];
    private volatile bool disposed;

    /// <summary>A connection for one reader; dispose the lease to give it back.</summary>
    public async ValueTask<Lease> Rent(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        await free.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return new Lease(this, idle.TryTake(out var database) ? database : SqliteDatabase.OpenReader(path));
        }
        catch
        {
            free.Release();
            throw;
        }
    }

    public void Dispose()
    {
        disposed = true;
        while (idle.TryTake(out var database)) database.Dispose();
    }

    private void Return(SqliteDatabase database)
    {
        if (disposed) database.Dispose();
        else idle.Add(database);
        free.Release();
    }

    internal readonly struct Lease(ReaderPool pool, SqliteDatabase database) : IDisposable
    {
        public SqliteDatabase Database => database;

        public void Dispose() => pool.Return(database);
    }
}
