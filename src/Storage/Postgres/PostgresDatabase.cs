using Npgsql;
using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Postgres;

/// <summary>The connections of this process to the database.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable, IDisposable
{
    /// <summary>
    /// Every statement is written for one index. A plan made while a table was empty would otherwise read all of it still when it has
    /// a million rows; and a high estimate must not start the compiler.
    /// </summary>
    private const string PlannerOptions = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    public PostgresDatabase(string connectionString) => Source = NpgsqlDataSource.Create(Defaults(connectionString));

    /// <summary>Hands out connections.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>The connection string with our settings where it is silent.</summary>
    public static NpgsqlConnectionStringBuilder Defaults(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default("Application Name", "openclaw");
        Default("Max Auto Prepare", 50);
        Default("No Reset On Close", true);
        Default("Maximum Pool Size", 30);
        Default("Command Timeout", 10);
        Default("Timeout", 5);
        Default("Keepalive", 15);
        Default("Options", PlannerOptions);
        return settings;

        void Default(string key, object value)
        {
            if (!settings.ShouldSerialize(key)) settings[key] = value;
        }
    }

    /// <summary>The rows of a question.</summary>
    public async ValueTask<List<T>> Query<T>(
        string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        try
        {
            return await Ask(sql, bind, read, cancellation).ConfigureAwait(false);
        }
        catch (NpgsqlException error) when (IsConnectionLost(error))
        {
            // The pool may be full of connections to a server that was restarted meanwhile.
            Source.Clear();
        }
        catch (NpgsqlException error)
        {
            throw Unavailable(error);
        }
        try
        {
            return await Ask(sql, bind, read, cancellation).ConfigureAwait(false);
        }
        catch (NpgsqlException error)
        {
            throw Unavailable(error);
        }
    }

    /// <summary>Several statements in one transaction.</summary>
    public async ValueTask<T> Transaction<T>(
        Func<NpgsqlConnection, CancellationToken, ValueTask<T>> work, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await Source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
            var result = await work(connection, cancellation).ConfigureAwait(false);
            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
            return result;
        }
        catch (NpgsqlException error)
        {
            throw Unavailable(error);
        }
    }

    /// <summary>True when a new connection may do what this one could not.</summary>
    public static bool IsConnectionLost(NpgsqlException error) =>
        error is PostgresException said
            ? said.SqlState.StartsWith("57P", StringComparison.Ordinal)
            : error.InnerException is not TimeoutException;

    public void Dispose() => Source.Dispose();

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private async ValueTask<List<T>> Ask<T>(
        string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await using var command = Source.CreateCommand(sql);
        bind(command.Parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var found = new List<T>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) found.Add(read(rows));
        return found;
    }

    private static StoreUnavailableException Unavailable(NpgsqlException error) => new("The store did not answer.", error);
}
