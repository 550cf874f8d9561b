using Npgsql;

namespace OpenClaw.Storage.Postgres;

/// <summary>
/// A connection for what is asked again because the one before was lost. After a restart of the server every connection in the pool
/// is dead, and <see cref="NpgsqlDataSource.Clear"/> is no promise: it returns at once while another thread is clearing.
/// </summary>
internal static class AnsweringConnection
{
    /// <summary>Tries the connections of the pool until one answers. Those that do not leave the pool.</summary>
    /// <exception cref="NpgsqlException">No connection can be opened, or as many as the pool holds were lost.</exception>
    public static async ValueTask<NpgsqlConnection> Open(NpgsqlDataSource source, CancellationToken cancellation)
    {
        source.Clear();
        for (var left = new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxPoolSize; ; left--)
        {
            var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
            try
            {
                await using var query = new NpgsqlCommand("SELECT", connection);
                await query.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
                return connection;
            }
            catch (Exception error)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                if (error is not NpgsqlException said || !PostgresDatabase.IsConnectionLost(said) || left == 0) throw;
            }
        }
    }
}
