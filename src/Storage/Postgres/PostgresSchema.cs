using Microsoft.Extensions.Logging;
using Npgsql;
using OpenClaw.Protocol.Waits;
using OpenClaw.Storage.Postgres.Servers;
using OpenClaw.Storage.Schema;

namespace OpenClaw.Storage.Postgres;

/// <summary>Brings the schema of the database up to date. Each process calls it before its host starts.</summary>
public static class PostgresSchema
{
    private const int OldestServer = 15;

    /// <summary>How long a server may take to come up beside us.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private static readonly BackOff BackOff = new(First: TimeSpan.FromMilliseconds(200), Longest: TimeSpan.FromSeconds(2));

    /// <summary>
    /// Waits until the server takes connections, at most a minute, and applies what is missing; several processes may do so at once.
    /// What only a person can put right is a <see cref="StoreStartException"/> that says so.
    /// </summary>
    /// <returns>How the process reaches the database from now on.</returns>
    public static Task<DatabaseRoute> EnsureUpToDate(
        string connectionString, TimeProvider clock, ILogger log, CancellationToken cancellation) =>
        EnsureUpToDate(connectionString, PostgresMigrations.LoadScripts(), clock, log, cancellation);

    internal static async Task<DatabaseRoute> EnsureUpToDate(
        string connectionString, IReadOnlyList<MigrationScript> scripts, TimeProvider clock, ILogger log, CancellationToken cancellation)
    {
        var given = ParseSettings(connectionString);
        var start = clock.GetTimestamp();
        for (var failures = 1; ; failures++)
        {
            var settings = given;
            try
            {
                settings = await ServerChoice.SelectHosts(given, log, cancellation).ConfigureAwait(false);
                var handshake = await ConnectAndMigrate(settings, scripts, clock, log, cancellation).ConfigureAwait(false);
                return new DatabaseRoute(connectionString, ServerChoice.BuildConnectionString(connectionString, settings, handshake, log));
            }
            catch (Exception error) when (error is NpgsqlException or IOException or System.Net.Sockets.SocketException)
            {
                if (PostgresStartupErrors.DescribeError(settings, error) is { } message) throw new StoreStartException(message, error);
                if (clock.GetElapsedTime(start) >= StartTimeout)
                {
                    throw new StoreStartException(
                        $"PostgreSQL at {settings.Host}:{settings.Port} did not answer within {StartTimeout.TotalSeconds:0} s: "
                        + error.Message,
                        error);
                }
                if (failures == 1) log.WaitingForDatabase(settings.Host, settings.Port, error.Message);
                await Task.Delay(BackOff.GetLimit(failures), clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static NpgsqlConnectionStringBuilder ParseSettings(string connectionString)
    {
        try
        {
            var settings = PostgresDatabase.ApplyDefaults(connectionString);
            settings.Pooling = false;
            settings.MaxAutoPrepare = 0;
            return settings;
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            // Not the text itself: it has a password.
            throw new StoreStartException("The connection string of the database cannot be read: " + error.Message, error);
        }
    }

    private static async Task<ServerHandshake> ConnectAndMigrate(
        NpgsqlConnectionStringBuilder settings, IReadOnlyList<MigrationScript> scripts, TimeProvider clock, ILogger log,
        CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        var handshake = await ServerHandshake.PrepareSession(connection, SessionSettings.WaitsForLocks, async: true).ConfigureAwait(false);
        if (connection.PostgreSqlVersion.Major < OldestServer)
        {
            throw new StoreStartException($"PostgreSQL {connection.PostgreSqlVersion} is too old: OpenClaw needs {OldestServer} or newer.");
        }
        var (version, applied) = await MigrationRunner.ApplyMissing(
            new PostgresMigrations(connection), scripts, clock, cancellation).ConfigureAwait(false);
        log.DatabaseReady($"{settings.Database} on {settings.Host}", version, applied);
        return handshake;
    }
}
