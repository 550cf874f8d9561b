namespace OpenClaw.Grains.Queues;

// Limits of running tasks: read with each look at the table, and oftener while a worker waits for nothing but such a limit.
internal sealed partial class QueueGrain
{
    /// <summary>
    /// What runs is counted anew so often where somebody waits for it. The end of a task is told at once; this is for one that was lost,
    /// and for tasks that began before their token had a limit.
    /// </summary>
    private static readonly TimeSpan RecountEvery = TimeSpan.FromSeconds(1);

    private IGrainTimer? recount;
    private bool recounting;
    private DateTimeOffset limitsAfter;
    private long limitReads;
    private long limitsApplied;

    public async Task RefreshLimits()
    {
        await ReadLimits(CancellationToken.None);
        ServePolls();
    }

    private async ValueTask<bool> HasLimits() => backlog.HasLimits || await limits.IsAnyLimited(tenant);

    private async Task ReadLimits(CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        var number = ++limitReads;
        var since = backlog.BeginRead();
        try
        {
            var loads = await limits.ReadLoads(tenant, cancellation);
            // One that began later may have read a limit that was changed meanwhile.
            if (number < limitsApplied) return;
            limitsApplied = number;
            backlog.ApplyLimits(loads, since);
        }
        finally
        {
            backlog.EndRead();
            limitsAfter = clock.GetUtcNow() + GetPauseAfter(began);
        }
    }

    private bool WaitsForLimits() => parked.Count > 0 && backlog.IsHeldByLimits;

    private void RecountSoon()
    {
        if (recount is null && WaitsForLimits())
            recount = this.RegisterGrainTimer(Recount, new GrainTimerCreationOptions(RecountEvery, RecountEvery) { Interleave = true });
    }

    private async Task Recount(CancellationToken cancellation)
    {
        if (!WaitsForLimits())
        {
            recount?.Dispose();
            recount = null;
            return;
        }
        if (recounting || clock.GetUtcNow() < limitsAfter) return;
        recounting = true;
        try
        {
            await ReadLimits(cancellation);
        }
        catch (Exception failure)
        {
            log.LookFailed(tenant, pool, failure);
        }
        finally
        {
            recounting = false;
        }
        ServePolls();
    }
}
