using OpenClaw.Storage.Audit;
using SQLitePCL;

namespace OpenClaw.Storage.Sqlite;

/// <summary>One connection, used by one thread at a time. Keeps every statement it prepared.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int BusyMilliseconds = 5_000;
    private readonly sqlite3 handle;
    // By reference: every statement is a constant, and comparing long texts would cost more than running some of them.
    private readonly Dictionary<string, Statement> statements = new(ReferenceEqualityComparer.Instance);

    static SqliteDatabase() => Batteries_V2.Init();

    private SqliteDatabase(sqlite3 handle) => this.handle = handle;

    /// <summary>Opens for writing, with the settings every writer has.</summary>
    public static SqliteDatabase OpenWriter(string path)
    {
        var database = OpenConnection(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        try
        {
            database.Execute("PRAGMA journal_mode=WAL");
            database.Execute("PRAGMA synchronous=FULL");
            database.Execute("PRAGMA cache_size=-32768");
            database.Execute("PRAGMA temp_store=MEMORY");
            // A checkpoint runs inside a commit: 8 MiB of log keep it to some milliseconds, and the file short.
            database.Execute("PRAGMA wal_autocheckpoint=2000");
            database.Execute("PRAGMA journal_size_limit=67108864");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens for reading alone: a statement that writes fails.</summary>
    public static SqliteDatabase OpenReader(string path)
    {
        var database = OpenConnection(path, raw.SQLITE_OPEN_READWRITE);
        database.Execute("PRAGMA query_only=ON");
        database.Execute("PRAGMA cache_size=-8192");
        database.Execute("PRAGMA temp_store=MEMORY");
        return database;
    }

    /// <summary>What the transaction has written and removed of the audit so far.</summary>
    public AuditEntries Audit { get; } = new();

    /// <summary>Rows changed by the statement before.</summary>
    public int Changes => raw.sqlite3_changes(handle);

    /// <summary>Key of the row inserted last.</summary>
    public long LastRow => raw.sqlite3_last_insert_rowid(handle);

    /// <summary>False when SQLite itself gave a transaction up after an error.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    /// <summary>
    /// The prepared statement of a constant text. Disposing it only makes it ready for its next use.
    /// </summary>
    public Statement GetStatement(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement)) statements.Add(sql, statement = PrepareStatement(sql));
        return statement;
    }

    /// <summary>Runs texts that are needed once.</summary>
    public void Execute(string sql)
    {
        if (raw.sqlite3_exec(handle, sql) is var code and not raw.SQLITE_OK) throw CreateError(code);
    }

    /// <summary>Writes the blob of a row that was inserted with as many zeros: without the copies that a bound value costs.</summary>
    public void WriteBlob(string table, string column, long row, ReadOnlySpan<byte> value)
    {
        using var blob = OpenBlob(table, column, row, writable: 1);
        if (raw.sqlite3_blob_write(blob, value, 0) is var code and not raw.SQLITE_OK) throw CreateError(code);
    }

    /// <summary>The blob of a row, without the copy that a column of a statement is.</summary>
    public byte[] ReadBlob(string table, string column, long row)
    {
        using var blob = OpenBlob(table, column, row, writable: 0);
        var value = GC.AllocateUninitializedArray<byte>(raw.sqlite3_blob_bytes(blob));
        if (raw.sqlite3_blob_read(blob, value, 0) is var code and not raw.SQLITE_OK) throw CreateError(code);
        return value;
    }

    /// <summary>Gives back the pages it remembers, as far as it can: after a large value they are nothing but that.</summary>
    public void ReleasePages() => raw.sqlite3_exec(handle, "PRAGMA shrink_memory");

    /// <summary>Several reads of one moment, until it is disposed.</summary>
    public ReadScope BeginRead() => new(this);

    /// <summary>The error the connection reports, as an exception.</summary>
    public SqliteException CreateError(int code) => new(raw.sqlite3_errmsg(handle).utf8_to_string(), code);

    public void Dispose()
    {
        foreach (var statement in statements.Values) statement.Close();
        statements.Clear();
        handle.Dispose();
    }

    private static SqliteDatabase OpenConnection(string path, int flags)
    {
        var code = raw.sqlite3_open_v2(path, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new SqliteDatabase(handle);
        if (code != raw.SQLITE_OK)
        {
            var error = new SqliteException($"The database {path} cannot be opened: {raw.sqlite3_errstr(code).utf8_to_string()}", code);
            database.Dispose();
            throw error;
        }
        raw.sqlite3_busy_timeout(handle, BusyMilliseconds);
        return database;
    }

    private sqlite3_blob OpenBlob(string table, string column, long row, int writable)
    {
        var code = raw.sqlite3_blob_open(handle, "main", table, column, row, writable, out var blob);
        return code == raw.SQLITE_OK ? blob : throw CreateError(code);
    }

    private Statement PrepareStatement(string sql)
    {
        const uint Persistent = 1;
        var code = raw.sqlite3_prepare_v3(handle, sql, Persistent, out var statement);
        return code == raw.SQLITE_OK ? new Statement(this, statement) : throw CreateError(code);
    }

    internal readonly ref struct ReadScope
    {
        private readonly SqliteDatabase database;

        public ReadScope(SqliteDatabase database)
        {
            this.database = database;
            using var begin = database.GetStatement("BEGIN");
            begin.Step();
        }

        public void Dispose()
        {
            using var end = database.GetStatement("ROLLBACK");
            end.Step();
        }
    }
}
