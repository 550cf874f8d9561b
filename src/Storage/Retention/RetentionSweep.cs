using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenClaw.Grains.Ports;

namespace OpenClaw.Storage.Retention;

/// <summary>Deletes finished tasks and audit notes whose time is over, a small batch a commit.</summary>
internal sealed class RetentionSweep(
    ITaskIndex tasks, IAuditNotes notes, IOptions<StorageOptions> options, TimeProvider clock, ILogger<RetentionSweep> log)
    : BackgroundService
{
    /// <summary>One sweep: until nothing is left that is old enough. How many tasks it deleted.</summary>
    public async Task<long> Sweep(CancellationToken cancellation)
    {
        var before = clock.GetUtcNow() - options.Value.KeepFinished;
        var batch = options.Value.RetentionBatch;
        long deleted = 0;
        for (var count = -1; count != 0 && !cancellation.IsCancellationRequested; deleted += count)
        {
            count = await tasks.DeleteEnded(before, batch, cancellation).ConfigureAwait(false);
        }
        for (var count = -1; count != 0 && !cancellation.IsCancellationRequested;)
        {
            count = await notes.DeleteNotes(before, batch, cancellation).ConfigureAwait(false);
        }
        if (deleted > 0) log.RetentionDeleted(deleted, before);
        return deleted;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RetentionInterval, clock);
        do
        {
            try
            {
                await Sweep(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                log.RetentionFailed(error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}
