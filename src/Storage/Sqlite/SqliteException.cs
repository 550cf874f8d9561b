using SQLitePCL;

namespace OpenClaw.Storage.Sqlite;

/// <summary>An error of SQLite.</summary>
internal sealed class SqliteException(string message, int code) : IOException(message)
{
    /// <summary>Primary result code.</summary>
    public int Code { get; } = code & 0xff;

    /// <summary>The statement itself was wrong (a constraint, a value too big); the connection and the file are fine.</summary>
    public bool IsAboutTheStatement => Code
        is raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_MISUSE or raw.SQLITE_RANGE;

    /// <summary>The file is no database, or its pages contradict each other.</summary>
    public bool IsDamage => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
