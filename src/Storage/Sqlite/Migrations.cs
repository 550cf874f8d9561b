using System.Globalization;
using System.Reflection;

namespace OpenClaw.Storage.Sqlite;

/// <summary>The numbered scripts beside this file, each applied once, all in one transaction.</summary>
internal static class Migrations
{
    private const string Folder = "OpenClaw.Storage.Sqlite.Migrations.";

    /// <summary>Version the scripts lead to, and how many were missing.</summary>
    public static (int Version, int Applied) Apply(SqliteDatabase database, string path, TimeProvider clock)
    {
        var scripts = LoadScripts();
        var known = scripts[^1].Version;
        database.Execute("BEGIN IMMEDIATE");
        try
        {
            var stored = ReadStoredVersion(database);
            if (stored > known)
            {
                throw new StoreStartException(
                    $"The database {path} was written by a newer OpenClaw (schema {stored}, this one knows {known}). "
                    + "Start the newer version, or name another data folder.");
            }
            var missing = scripts.FindAll(script => script.Version > stored);
            foreach (var script in missing) Apply(database, script, clock);
            database.Execute("COMMIT");
            return (known, missing.Count);
        }
        catch
        {
            if (database.InTransaction) database.Execute("ROLLBACK");
            throw;
        }
    }

    private static int ReadStoredVersion(SqliteDatabase database)
    {
        database.Execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations
                (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT
            """);
        using var latest = database.GetStatement("SELECT coalesce(max(version), 0) FROM schema_migrations");
        latest.Step();
        return latest.GetInt(0);
    }

    private static void Apply(SqliteDatabase database, Script script, TimeProvider clock)
    {
        database.Execute(script.Sql);
        using var note = database.GetStatement("INSERT INTO schema_migrations (version, name, applied_at) VALUES (?1, ?2, ?3)");
        note.Add(script.Version).Add(script.Name).Add(clock.GetUtcNow()).RunToEnd();
    }

    private static List<Script> LoadScripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var scripts = new List<Script>();
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(Folder, StringComparison.Ordinal)) continue;
            var name = resource[Folder.Length..];
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            scripts.Add(new Script(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd()));
        }
        scripts.Sort((left, right) => left.Version.CompareTo(right.Version));
        return scripts;
    }

    private sealed record Script(int Version, string Name, string Sql);
}
