using Npgsql;

namespace OpenClaw.Storage.Postgres.Servers;

/// <summary>One of the hosts of a connection string, and who answers there.</summary>
/// <param name="Name">As the connection string has it: a host, or a host with its port.</param>
/// <param name="Primary">Whose primary it is; null: nobody answers, it is a standby, or it does not tell.</param>
internal sealed record DatabaseHost(string Name, ServerIdentity? Primary);

/// <summary>Looks at each host of a connection string, over one connection each that it keeps.</summary>
internal sealed class DatabaseHosts : IAsyncDisposable
{
    private const int Seconds = 3;
    private readonly List<(string Name, NpgsqlDataSource Source)> sources;

    /// <param name="connectionString">As it was given.</param>
    public DatabaseHosts(string connectionString) => sources =
        [.. ParseNames(new(connectionString)).Select(name => (name, NpgsqlDataSource.Create(CreateSettings(connectionString, name))))];

    /// <summary>Hosts of the string.</summary>
    public int Count => sources.Count;

    /// <summary>The hosts that a string names.</summary>
    public static string[] ParseNames(NpgsqlConnectionStringBuilder settings) =>
        settings.Host?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>All of them at once; takes some seconds at most.</summary>
    public Task<DatabaseHost[]> ProbeServers(CancellationToken cancellation) =>
        Task.WhenAll(sources.Select(host => ProbeServers(host.Name, host.Source, cancellation)));

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, source) in sources) await source.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<DatabaseHost> ProbeServers(string name, NpgsqlDataSource source, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
            var identity = (await ServerHandshake.PrepareSession(connection, SessionSettings.WaitsForLocks, async: true)
                .ConfigureAwait(false)).Identity;
            return new DatabaseHost(name, identity.IsUnknown ? null : identity);
        }
        catch (Exception error) when (error is NpgsqlException or IOException or System.Net.Sockets.SocketException or TimeoutException)
        {
            return new DatabaseHost(name, null);
        }
    }

    private static NpgsqlConnectionStringBuilder CreateSettings(string connectionString, string host)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = host, MinPoolSize = 0, MaxPoolSize = 1, Timeout = Seconds, CommandTimeout = Seconds, MaxAutoPrepare = 0,
            NoResetOnClose = true, ApplicationName = "openclaw-hosts",
        };
        settings.Remove("Target Session Attributes");
        settings.Remove("Load Balance Hosts");
        return settings;
    }
}
