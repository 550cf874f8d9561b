using Npgsql;
using OpenClaw.Storage.Schema;

namespace OpenClaw.Storage.Postgres;

/// <summary>Migrations on PostgreSQL: processes of several builds may start at once, and not all may create tables.</summary>
internal sealed class PostgresMigrations(NpgsqlConnection connection) : IMigrationDialect
{
    /// <summary>Any number that nobody else takes a lock with. It is given back with the transaction.</summary>
    private const string Lock = "SELECT pg_advisory_xact_lock(7308604895)";

    private const string Table =
        """
        CREATE TABLE IF NOT EXISTS schema_migrations
            (version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL, readable_from integer NOT NULL)
        """;

    private NpgsqlTransaction? transaction;

    public string Database => "The database";

    public static List<MigrationScript> LoadScripts() => MigrationScript.LoadAll("Postgres", isShared: true);

    public async ValueTask BeginExclusively(CancellationToken cancellation)
    {
        transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await ExecuteSql(Lock, cancellation).ConfigureAwait(false);
        // Asked first: CREATE TABLE IF NOT EXISTS needs the right to create also when there is nothing to do.
        await using var exists = new NpgsqlCommand("SELECT to_regclass('schema_migrations') IS NOT NULL", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!)
            await ExecuteSql(Table, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<(int Version, int ReadableFrom)> ReadVersion(CancellationToken cancellation)
    {
        await using var latest = new NpgsqlCommand(
            "SELECT version, readable_from FROM schema_migrations ORDER BY version DESC LIMIT 1", connection);
        await using var row = await latest.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return await row.ReadAsync(cancellation).ConfigureAwait(false) ? (row.GetInt32(0), row.GetInt32(1)) : (0, 0);
    }

    public async ValueTask ApplyScript(MigrationScript script, DateTimeOffset at, CancellationToken cancellation)
    {
        await ExecuteSql(script.Sql, cancellation).ConfigureAwait(false);
        await using var note = new NpgsqlCommand("INSERT INTO schema_migrations VALUES ($1, $2, $3, $4)", connection);
        // The one column with a time of the database's own kind: everywhere else AddNext writes ticks.
        note.Parameters.AddNext(script.Version).AddNext(script.Name).AddNext<DateTimeOffset>(at).AddNext(script.ReadableFrom);
        await note.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask Commit(CancellationToken cancellation) =>
        await transaction!.CommitAsync(cancellation).ConfigureAwait(false);

    public ValueTask DisposeAsync() => transaction?.DisposeAsync() ?? default;

    private async Task ExecuteSql(string sql, CancellationToken cancellation)
    {
        // A script may take as long as it needs, and so may the process that is ahead of this one.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
