using Npgsql;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres.Servers;

namespace OpenClaw.Storage.Postgres;

/// <summary>The connections of this process to the database.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable, IDisposable
{
    /// <summary>The writer, and the one of writes that are blocked.</summary>
    private const int WritingConnections = 2;

    private readonly KnownServer server;

    public PostgresDatabase(string connectionString, KnownServer? server = null)
    {
        this.server = server ?? new KnownServer();
        var settings = ApplyDefaults(connectionString);
        Source = BuildSource(settings, SessionSettings.WaitsForLocks);
        settings.MaxPoolSize = WritingConnections;
        settings.MinPoolSize = 0;
        Writers = BuildSource(settings, SessionSettings.Writing);
    }

    /// <summary>Hands out connections.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>The same for the few that write batches: however many read, these wait for nobody.</summary>
    public NpgsqlDataSource Writers { get; }

    /// <summary>The first statement of a transaction behind a pooler; null: the session is set already.</summary>
    public string? GetPreamble(SessionSettings settings) => server.IsPooled ? settings.TransactionSql : null;

    /// <summary>The connection string, completed with our settings.</summary>
    public static NpgsqlConnectionStringBuilder ApplyDefaults(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default("Application Name", "openclaw");
        Default("Max Auto Prepare", 50);
        Default("No Reset On Close", true);
        Default("Maximum Pool Size", 28);
        Default("Command Timeout", 10);
        Default("Timeout", 5);
        Default("Keepalive", 15);
        return settings;

        void Default(string key, object value)
        {
            if (!settings.ShouldSerialize(key)) settings[key] = value;
        }
    }

    /// <summary>The rows of a query. Repeated once when the connection was lost, as after a restart of the server.</summary>
    /// <exception cref="StoreUnavailableException">The server did not answer.</exception>
    public async ValueTask<List<T>> QueryRows<T>(
        string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        try
        {
            return await ExecuteOnce(sql, bind, read, cancellation).ConfigureAwait(false);
        }
        catch (NpgsqlException error) when (IsConnectionLost(error))
        {
            // Asked again below.
        }
        catch (NpgsqlException error)
        {
            throw CreateUnavailableError(error);
        }
        try
        {
            server.ThrowIfRefused();
            await using var connection = await AnsweringConnection.Open(Source, cancellation).ConfigureAwait(false);
            await using var statements = connection.CreateBatch();
            return await ExecuteQuery(statements, sql, bind, read, cancellation).ConfigureAwait(false);
        }
        catch (NpgsqlException error)
        {
            throw CreateUnavailableError(error);
        }
    }

    /// <summary>
    /// The rows that a statement which writes answers. Never repeated here: of one whose connection was lost nobody knows whether it is
    /// committed.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The server did not answer: the outcome is unknown.</exception>
    public async ValueTask<List<T>> WriteRows<T>(
        string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        try
        {
            return await ExecuteOnce(sql, bind, read, cancellation).ConfigureAwait(false);
        }
        catch (NpgsqlException error)
        {
            throw CreateUnavailableError(error);
        }
    }

    /// <summary>Several statements in one transaction.</summary>
    public async ValueTask<T> RunTransaction<T>(
        Func<NpgsqlConnection, CancellationToken, ValueTask<T>> work, CancellationToken cancellation)
    {
        try
        {
            server.ThrowIfRefused();
            await using var connection = await Source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
            if (GetPreamble(SessionSettings.WaitsForLocks) is { } preamble)
            {
                await using var plan = new NpgsqlCommand(preamble, connection);
                await plan.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            }
            var result = await work(connection, cancellation).ConfigureAwait(false);
            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
            return result;
        }
        catch (NpgsqlException error)
        {
            throw CreateUnavailableError(error);
        }
    }

    /// <summary>True when a new connection may do what this one could not.</summary>
    public static bool IsConnectionLost(NpgsqlException error) =>
        error is PostgresException said
            ? said.SqlState.StartsWith("57P", StringComparison.Ordinal)
            : error.InnerException is not TimeoutException;

    /// <summary>Before a connection through a pooler is used again.</summary>
    /// <exception cref="NpgsqlException">The server behind it is refused.</exception>
    public void ThrowIfRefused() => server.ThrowIfRefused();

    public void Dispose()
    {
        Source.Dispose();
        Writers.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync().ConfigureAwait(false);
        await Writers.DisposeAsync().ConfigureAwait(false);
    }

    private NpgsqlDataSource BuildSource(NpgsqlConnectionStringBuilder settings, SessionSettings session)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            connection => CheckServer(connection, session, async: false).GetAwaiter().GetResult(),
            connection => CheckServer(connection, session, async: true));
        return builder.Build();
    }

    /// <summary>Of a string with several hosts the next one is tried when this throws.</summary>
    private async Task CheckServer(NpgsqlConnection connection, SessionSettings session, bool async)
    {
        var handshake = await ServerHandshake.PrepareSession(connection, session, async).ConfigureAwait(false);
        if (server.CheckHandshake($"{connection.Host}:{connection.Port}", handshake) is { } refusal) throw new NpgsqlException(refusal);
    }

    private async ValueTask<List<T>> ExecuteOnce<T>(
        string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        server.ThrowIfRefused();
        await using var statements = Source.CreateBatch();
        return await ExecuteQuery(statements, sql, bind, read, cancellation).ConfigureAwait(false);
    }

    private async ValueTask<List<T>> ExecuteQuery<T>(
        NpgsqlBatch statements, string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlDataReader, T> read,
        CancellationToken cancellation)
    {
        if (GetPreamble(SessionSettings.WaitsForLocks) is { } preamble) statements.BatchCommands.Add(new NpgsqlBatchCommand(preamble));
        var query = new NpgsqlBatchCommand(sql);
        bind(query.Parameters);
        statements.BatchCommands.Add(query);
        await using var rows = await statements.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        if (statements.BatchCommands.Count > 1) await rows.NextResultAsync(cancellation).ConfigureAwait(false);
        var found = new List<T>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) found.Add(read(rows));
        return found;
    }

    internal static StoreUnavailableException CreateUnavailableError(NpgsqlException error)
    {
        var message = PostgresErrorMessages.DescribeError(error) ?? "The store did not answer: " + error.Message;
        return error.SqlState == PostgresErrorCodes.DiskFull
            ? StoreUnavailableException.Full(message, error)
            : new StoreUnavailableException(message, error);
    }
}
