using System.Globalization;
using System.Reflection;
using Npgsql;

namespace OpenClaw.Storage.Postgres;

/// <summary>
/// The numbered scripts beside this file, each applied once, all in one transaction, by one process at a time. Expand, then contract:
/// each script says the oldest schema whose code may still run on it, so that processes of two versions can share a database.
/// </summary>
internal static class Migrations
{
    private const string Folder = "OpenClaw.Storage.Postgres.Migrations.";
    private const string ReadableFrom = "-- readable from: ";

    /// <summary>Any number that nobody else takes a lock with.</summary>
    private const string Lock = "SELECT pg_advisory_xact_lock(7308604895)";

    private const string Table =
        """
        CREATE TABLE IF NOT EXISTS schema_migrations
            (version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL, readable_from integer NOT NULL)
        """;

    /// <summary>Version of the schema now, and how many scripts were missing.</summary>
    public static async Task<(int Version, int Applied)> Apply(
        NpgsqlConnection connection, IReadOnlyList<Script> scripts, TimeProvider clock, CancellationToken cancellation)
    {
        var known = scripts[^1].Version;
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await ExecuteSql(connection, Lock, cancellation).ConfigureAwait(false);
        if (!await TableExists(connection, cancellation).ConfigureAwait(false))
            await ExecuteSql(connection, Table, cancellation).ConfigureAwait(false);
        var (stored, readableFrom) = await ReadStoredVersion(connection, cancellation).ConfigureAwait(false);
        if (stored > known && readableFrom > known)
        {
            throw new StoreStartException(
                $"The database was written by a newer OpenClaw (schema {stored}, readable from {readableFrom} on; this one knows {known}). "
                + "Start the newer version.");
        }
        var missing = scripts.Where(script => script.Version > stored).ToList();
        foreach (var script in missing) await Apply(connection, script, clock, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return (Math.Max(stored, known), missing.Count);
    }

    /// <summary>The scripts of this build, in order.</summary>
    public static IReadOnlyList<Script> LoadScripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var scripts = new List<Script>();
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(Folder, StringComparison.Ordinal)) continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            scripts.Add(ParseScript(resource[Folder.Length..], reader.ReadToEnd()));
        }
        scripts.Sort((left, right) => left.Version.CompareTo(right.Version));
        return scripts;
    }

    /// <summary>A script from its file name, <c>NNNN_name.sql</c>, and its text.</summary>
    public static Script ParseScript(string name, string sql)
    {
        if (!sql.StartsWith(ReadableFrom, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{name} must begin with '{ReadableFrom}N': the oldest schema whose code may run on it.");
        }
        var firstLine = sql.AsSpan(ReadableFrom.Length, sql.IndexOf('\n', StringComparison.Ordinal) - ReadableFrom.Length);
        return new Script(
            int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, int.Parse(firstLine, CultureInfo.InvariantCulture), sql);
    }

    private static async Task<bool> TableExists(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // Asked first: CREATE TABLE IF NOT EXISTS needs the right to create also when there is nothing to do.
        await using var exists = new NpgsqlCommand("SELECT to_regclass('schema_migrations') IS NOT NULL", connection);
        return (bool)(await exists.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }

    private static async Task<(int Version, int ReadableFrom)> ReadStoredVersion(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var latest = new NpgsqlCommand(
            "SELECT version, readable_from FROM schema_migrations ORDER BY version DESC LIMIT 1", connection);
        await using var row = await latest.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return await row.ReadAsync(cancellation).ConfigureAwait(false) ? (row.GetInt32(0), row.GetInt32(1)) : (0, 0);
    }

    private static async Task Apply(NpgsqlConnection connection, Script script, TimeProvider clock, CancellationToken cancellation)
    {
        await ExecuteSql(connection, script.Sql, cancellation).ConfigureAwait(false);
        await using var note = new NpgsqlCommand("INSERT INTO schema_migrations VALUES ($1, $2, $3, $4)", connection);
        // The one column with a time of the database's own kind: everywhere else AddNext writes ticks.
        note.Parameters.AddNext(script.Version).AddNext(script.Name).AddNext<DateTimeOffset>(clock.GetUtcNow())
            .AddNext(script.ReadableFrom);
        await note.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task ExecuteSql(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        // A script may take as long as it needs, and so may the process that is ahead of this one.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    internal sealed record Script(int Version, string Name, int ReadableFrom, string Sql);
}
