using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.GrainInterfaces.WakeUps;

namespace OpenClaw.Silo;

/// <summary>
/// Wakes every wake-up shard once the silo runs. Does not hold up the start: the shards' reminders wake them, too, one
/// minute later at the latest.
/// </summary>
internal sealed class WakeUpShardStart(
    IGrainFactory grains, IHostApplicationLifetime lifetime, ILogger<WakeUpShardStart> log) : IStartupTask
{
    public Task Execute(CancellationToken cancellationToken)
    {
        _ = WakeAll(lifetime.ApplicationStopping);
        return Task.CompletedTask;
    }

    private async Task WakeAll(CancellationToken stopping)
    {
        for (var shard = 0; shard < WakeUpShards.Count && !stopping.IsCancellationRequested; shard++)
        {
            try
            {
                await grains.GetGrain<IWakeUpShardGrain>(shard).EnsureRunning();
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                log.ShardNotWoken(shard, failure);
            }
        }
    }
}
