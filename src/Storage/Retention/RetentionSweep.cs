using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OpenClaw.Storage.Retention;

/// <summary>
/// Deletes finished tasks, audit notes and conversations whose time is over, a small batch a commit, and the oldest output where there is
/// too much.
/// </summary>
internal sealed class RetentionSweep(
    RetentionTables tables, IOptions<StorageOptions> options, TimeProvider clock, ILogger<RetentionSweep> log) : BackgroundService
{
    private const long LowSpace = 2L << 30;
    private readonly OutputBudget budget = new(tables.Output, options.Value.KeepOutput);

    /// <summary>
    /// One sweep: until nothing is left that is old enough, or too much. How many tasks it deleted. A row that can't be deleted is in the
    /// way of its own kind alone.
    /// </summary>
    public async Task<long> RunOnce(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var before = now - options.Value.KeepFinished;
        var batch = options.Value.RetentionBatch;
        var deleted = await RunGuarded(() => RepeatUntilEmpty(() => tables.Tasks.DeleteEnded(before, batch, cancellation), cancellation))
            .ConfigureAwait(false);
        var audited = now - options.Value.AuditKept;
        await RunGuarded(() => RepeatUntilEmpty(() => tables.Notes.DeleteTrails(audited, batch, cancellation), cancellation))
            .ConfigureAwait(false);
        await RunGuarded(() => RepeatUntilEmpty(() => tables.Notes.DeleteNotes(audited, batch, cancellation), cancellation))
            .ConfigureAwait(false);
        // A row may be of a task that lived long. One whose link is gone can't be proved any more.
        var provable = audited - options.Value.AuditKept;
        await RunGuarded(() => RepeatUntilEmpty(() => tables.Notes.DeleteLinks(provable, batch, cancellation), cancellation))
            .ConfigureAwait(false);
        var silent = now - options.Value.ForgetAfter;
        await RunGuarded(() => RepeatUntilEmpty(() => tables.AgentSessions.DeleteIdle(silent, batch, cancellation), cancellation))
            .ConfigureAwait(false);
        var dropped = await RunGuarded(() => budget.Enforce(before, now, cancellation).AsTask()).ConfigureAwait(false);
        if (deleted > 0) log.RetentionDeleted(deleted, before);
        await RunGuarded(WarnOfSpace).ConfigureAwait(false);
        if (dropped > 0) log.OutputDropped(options.Value.KeepOutput, dropped);
        return deleted;
    }

    private Task<long> WarnOfSpace()
    {
        var free = tables.Output.FreeSpace ?? long.MaxValue;
        if (free < LowSpace) log.DiskNearlyFull(free);
        return Task.FromResult(free);
    }

    private static async Task<long> RepeatUntilEmpty(Func<ValueTask<int>> delete, CancellationToken cancellation)
    {
        long deleted = 0;
        for (var count = -1; count != 0 && !cancellation.IsCancellationRequested; deleted += count)
            count = await delete().ConfigureAwait(false);
        return deleted;
    }

    private async Task<long> RunGuarded(Func<Task<long>> part)
    {
        try
        {
            return await part().ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.RetentionFailed(error);
            return 0;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RetentionInterval, clock);
        do
        {
            await RunOnce(stoppingToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}
