using Microsoft.Extensions.Logging;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.WakeUps;
using OpenClaw.Grains.Ports;
using OpenClaw.Grains.Tasks;
using Orleans.Placement;

namespace OpenClaw.Grains.WakeUps;

/// <summary>
/// Sweeps one shard of the table for tasks that are due and wakes them. Decides nothing: the task compares its own clocks.
/// </summary>
// The name that reminders and older silos know it by: it was called after deadlines once.
[GrainType("deadlineshard"), RandomPlacement, CollectionAgeLimit(AlwaysActive = true)]
internal sealed class WakeUpShardGrain(
    ITaskIndex index, TimeProvider clock, TaskCountReport counts, ILogger<WakeUpShardGrain> log) : Grain, IWakeUpShardGrain, IRemindable
{
    private const string ReminderName = "sweep";
    private const int PageSize = 200;
    /// <summary>Times the shards: what millions that are overdue together may ask of the store at once, beside everybody else.</summary>
    private const int AtOnce = 4;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private readonly RecentlyWokenTasks woken = new();

    /// <summary>
    /// A wake-up of a task whose grain hangs keeps its slot until the call times out; the others use the remaining slots.
    /// </summary>
    private readonly SemaphoreSlim slots = new(AtOnce);
    private IGrainTimer? timer;

    /// <summary>One grain of the cluster counts the tasks for the metrics, and this is one that is always there.</summary>
    private bool Counts => Shard == 0;

    private int Shard => (int)this.GetPrimaryKeyLong();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Spread over the period, so that 64 shards do not ask the table at one moment.
        var first = SweepEvery * (Shard + 1) / WakeUpShards.Count;
        timer = this.RegisterGrainTimer(SweepTable, new GrainTimerCreationOptions(first, SweepEvery) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (Counts) counts.Stop();
        return Task.CompletedTask;
    }

    public async Task EnsureRunning()
    {
        if (await this.GetReminder(ReminderName) is null)
            await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    private async Task SweepTable(CancellationToken cancellation)
    {
        try
        {
            var now = clock.GetUtcNow();
            var due = await index.ReadDueTasks(Shard, now, PageSize + woken.Count, cancellation);
            var chosen = woken.ChooseDue(due, now, PageSize);
            foreach (var task in chosen)
            {
                await slots.WaitAsync(cancellation);
                WakeTask(task).Ignore();
            }
            if (Counts) await counts.Refresh(cancellation);
            if (chosen.Count == PageSize) timer?.Change(TimeSpan.FromMilliseconds(50), SweepEvery);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            log.SweepFailed(Shard, failure);
        }
    }

    private async Task WakeTask(Guid task)
    {
        try
        {
            await GrainFactory.GetTaskGrain(task).Tick();
        }
        catch (Exception failure)
        {
            log.PokeFailed(task, failure);
        }
        finally
        {
            slots.Release();
        }
    }
}
