using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpenClaw.Storage.Postgres.Servers;

/// <summary>
/// Compares, every second, who answers with whom this process had. Its own connections are compared when they are opened; this is for
/// those that are not: what a pooler hands out, and Orleans' own, which go where the driver finds a primary first.
/// </summary>
internal sealed class ServerWatch(
    DatabaseRoute route, PostgresDatabase database, KnownServer server, IHostApplicationLifetime lifetime, ILogger<ServerWatch> log)
    : BackgroundService, IServerWatch
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public string? Refusal => server.Refusal;

    /// <inheritdoc/>
    public string? StopReason { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var hosts = new DatabaseHosts(route.Given);
        using var timer = new PeriodicTimer(Every, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                if (server.IsPooled) await CheckThroughPooler(stoppingToken).ConfigureAwait(false);
                else if (hosts.Count > 1) await CheckHosts(hosts, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // The database does not answer: whoever needs it says so.
                log.ServerNotCompared(error.Message);
            }
        }
    }

    private async Task CheckThroughPooler(CancellationToken cancellation)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        var handshake = await ServerHandshake.PrepareSession(connection, SessionSettings.WaitsForLocks, async: true).ConfigureAwait(false);
        server.CheckHandshake($"{connection.Host}:{connection.Port}", handshake);
    }

    private async Task CheckHosts(DatabaseHosts hosts, CancellationToken cancellation)
    {
        var found = await hosts.ProbeServers(cancellation).ConfigureAwait(false);
        if (StopReason is not null || HostRules.FindStopReason(server.Identity, route.Hosts, found) is not { } fault) return;
        StopReason = fault + " This process ends, and begins with the right one when it is started anew.";
        lifetime.StopApplication();
    }
}
