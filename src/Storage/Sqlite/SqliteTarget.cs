using OpenClaw.Storage.GroupCommit;
using SQLitePCL;

namespace OpenClaw.Storage.Sqlite;

/// <summary>The writing connection: a batch is one transaction, one fsync.</summary>
internal sealed class SqliteTarget(string path) : IBatchTarget<SqliteOperation>
{
    private SqliteDatabase? database;

    public void Commit(IReadOnlyList<SqliteOperation> batch)
    {
        database ??= SqliteDatabase.OpenWriter(path);
        Run("BEGIN IMMEDIATE");
        try
        {
            for (var i = 0; i < batch.Count; i++) batch[i].Apply(database);
        }
        catch
        {
            Rollback(database);
            throw;
        }
        Commit();
    }

    public bool IsOutcomeUnknown(Exception error) => error is CommitFailedException or SqliteException { IsAboutTheStatement: false };

    public string? Sentence(Exception error) => (error as SqliteException ?? error.InnerException as SqliteException)?.Code switch
    {
        raw.SQLITE_FULL => "The disk is full: nothing is stored until there is room.",
        raw.SQLITE_BUSY => "Another program writes into the database file and holds it: nothing is stored until it lets go.",
        _ => null,
    };

    public void Close()
    {
        database?.Dispose();
        database = null;
    }

    public void Dispose() => Close();

    private void Commit()
    {
        try
        {
            Run("COMMIT");
        }
        catch (SqliteException error)
        {
            throw new CommitFailedException(error);
        }
    }

    /// <summary>Closing the connection rolls back as well, when SQLite can't do it any more.</summary>
    private void Rollback(SqliteDatabase open)
    {
        try
        {
            if (open.InTransaction) Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            Close();
        }
    }

    private void Run(string sql)
    {
        using var statement = database!.Use(sql);
        statement.Step();
    }

    private sealed class CommitFailedException(Exception cause) : Exception("The commit failed: " + cause.Message, cause);
}
