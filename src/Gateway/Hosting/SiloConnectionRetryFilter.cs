using OpenClaw.Hosting;

namespace OpenClaw.Gateway.Hosting;

/// <summary>A gateway that starts before the first silo waits for it, a few minutes, and says so once.</summary>
internal sealed class SiloConnectionRetryFilter(TimeProvider clock, ILogger<SiloConnectionRetryFilter> log) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private long? began;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (began is null)
        {
            began = clock.GetTimestamp();
            log.WaitsForSilo(ConnectTimeout.TotalMinutes);
        }
        if (clock.GetElapsedTime(began.Value) > ConnectTimeout)
        {
            throw new StartupException(
                StartupException.Cluster, $"No silo answered within {ConnectTimeout.TotalMinutes} minutes: {exception.Message}");
        }
        await Task.Delay(Pause, clock, cancellationToken);
        return true;
    }
}
