using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Sqlite.Audit;
using SQLitePCL;

namespace OpenClaw.Storage.Sqlite;

/// <summary>The writing connection: a batch is one transaction, one fsync.</summary>
internal sealed class SqliteTarget(string path, TimeProvider clock) : IBatchTarget<SqliteOperation>
{
    /// <summary>Bytes of a commit after which its pages are not worth remembering.</summary>
    private const long LargeCommit = 1L << 20;

    private SqliteDatabase? database;

    public void Commit(IReadOnlyList<SqliteOperation> batch)
    {
        database ??= SqliteDatabase.OpenWriter(path);
        RunStatement("BEGIN IMMEDIATE");
        // Of a batch that failed.
        database.Audit.Clear();
        var bytes = 0L;
        try
        {
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Apply(database);
                bytes += batch[i].Bytes;
            }
            ChainLinks.Append(database, database.Audit, clock.GetUtcNow());
        }
        catch
        {
            RollBackTransaction(database);
            throw;
        }
        CommitTransaction();
        if (bytes >= LargeCommit) database.ReleasePages();
    }

    public bool IsOutcomeUnknown(Exception error) => error is CommitFailedException or SqliteException { IsAboutTheStatement: false };

    public bool IsDiskFull(Exception error) => CodeOf(error) == raw.SQLITE_FULL;

    public string? DescribeError(Exception error) => CodeOf(error) switch
    {
        raw.SQLITE_FULL => "The disk is full: nothing is stored until there is room.",
        raw.SQLITE_BUSY => "Another program writes into the database file and holds it: nothing is stored until it lets go.",
        _ => null,
    };

    private static int? CodeOf(Exception error) => (error as SqliteException ?? error.InnerException as SqliteException)?.Code;

    public void CloseConnection()
    {
        database?.Dispose();
        database = null;
    }

    public void Dispose() => CloseConnection();

    private void CommitTransaction()
    {
        try
        {
            RunStatement("COMMIT");
        }
        catch (SqliteException error)
        {
            throw new CommitFailedException(error);
        }
    }

    /// <summary>Closing the connection rolls back as well, when SQLite can't do it any more.</summary>
    private void RollBackTransaction(SqliteDatabase open)
    {
        try
        {
            if (open.InTransaction) RunStatement("ROLLBACK");
        }
        catch (SqliteException)
        {
            CloseConnection();
        }
    }

    private void RunStatement(string sql)
    {
        using var statement = database!.GetStatement(sql);
        statement.Step();
    }

    private sealed class CommitFailedException(Exception cause) : Exception("The commit failed: " + cause.Message, cause);
}
