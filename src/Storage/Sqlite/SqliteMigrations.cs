using OpenClaw.Storage.Schema;

namespace OpenClaw.Storage.Sqlite;

/// <summary>Migrations of the embedded store, whose file one process uses at a time: a newer schema is never readable.</summary>
internal sealed class SqliteMigrations(SqliteDatabase database, string path) : IMigrationDialect
{
    private const string Table =
        """
        CREATE TABLE IF NOT EXISTS schema_migrations
            (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT
        """;

    public string Database => $"The database {path}";

    public static List<MigrationScript> LoadScripts() => MigrationScript.LoadAll("Sqlite", isShared: false);

    public ValueTask BeginExclusively(CancellationToken cancellation)
    {
        database.Execute("BEGIN IMMEDIATE");
        database.Execute(Table);
        return default;
    }

    public ValueTask<(int Version, int ReadableFrom)> ReadVersion(CancellationToken cancellation)
    {
        using var latest = database.GetStatement("SELECT coalesce(max(version), 0) FROM schema_migrations");
        latest.Step();
        var version = latest.GetInt(0);
        return new((version, version));
    }

    public ValueTask ApplyScript(MigrationScript script, DateTimeOffset at, CancellationToken cancellation)
    {
        database.Execute(script.Sql);
        using var note = database.GetStatement("INSERT INTO schema_migrations (version, name, applied_at) VALUES (?1, ?2, ?3)");
        note.Add(script.Version).Add(script.Name).Add(at).RunToEnd();
        return default;
    }

    public ValueTask Commit(CancellationToken cancellation)
    {
        database.Execute("COMMIT");
        return default;
    }

    public ValueTask DisposeAsync()
    {
        if (database.InTransaction) database.Execute("ROLLBACK");
        return default;
    }
}
