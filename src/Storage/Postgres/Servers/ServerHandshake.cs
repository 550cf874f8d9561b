using System.Globalization;
using Npgsql;

namespace OpenClaw.Storage.Postgres.Servers;

/// <summary>The first words on a connection: who is there, and is it the server itself or a pooler?</summary>
/// <param name="IsPooled">A pooler stands between: who answers has another number than who took the connection.</param>
/// <param name="Identity">Whose database it is.</param>
internal readonly record struct ServerHandshake(bool IsPooled, ServerIdentity Identity)
{
    private const string Who =
        "(SELECT system_identifier FROM pg_control_system()), CASE WHEN pg_is_in_recovery() THEN 0 "
        + "ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END";

    /// <summary>Sets the connection up as far as its session is ours alone, and returns which server answered.</summary>
    public static async Task<ServerHandshake> PrepareSession(NpgsqlConnection connection, SessionSettings settings, bool async)
    {
        try
        {
            return await PrepareSession(connection, settings, Who, async).ConfigureAwait(false);
        }
        catch (PostgresException)
        {
            // Some hosted servers keep these functions to themselves.
            return await PrepareSession(connection, settings, "0::bigint, 0", async).ConfigureAwait(false);
        }
    }

    private static async Task<ServerHandshake> PrepareSession(NpgsqlConnection connection, SessionSettings settings, string who, bool async)
    {
        // The number the server gave when it took the connection; a pooler gives one of its own.
        var isOurs = string.Create(CultureInfo.InvariantCulture, $"pg_backend_pid() = {connection.ProcessID}");
        await using var command = new NpgsqlCommand(
            $"SELECT {isOurs}, {who}, CASE WHEN {isOurs} THEN {settings.SessionSql} END", connection);
        await using var row = async ? await command.ExecuteReaderAsync().ConfigureAwait(false) : command.ExecuteReader();
        _ = async ? await row.ReadAsync().ConfigureAwait(false) : row.Read();
        return new ServerHandshake(!row.GetBoolean(0), new ServerIdentity(row.GetInt64(1), row.GetInt32(2)));
    }
}
