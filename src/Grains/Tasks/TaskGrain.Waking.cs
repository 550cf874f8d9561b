using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tasks;

// The three roads into one Tick: this grain's timer, its reminder, and the sweep of its shard.
internal sealed partial class TaskGrain
{
    private const string ReminderName = "tick";

    /// <summary>Orleans' floor, and the right period: a lost tick comes again one whole period later.</summary>
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ShortestTimer = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(1);

    private IGrainTimer? timer;
    private bool reminded;

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        reminded = true;
        await ApplyTrigger(TaskTrigger.Tick.Instance);
        if (record is null) await RemoveReminder();
    }

    /// <summary>A timer only where the sweep would be too coarse; none at all for the usual short task.</summary>
    private void ArmTimer(TaskRecord task, DateTimeOffset now)
    {
        if (TaskObligations.GetTimerAt(task, now, Options) is not { } due)
        {
            timer?.Dispose();
            timer = null;
            if (task.State == TaskState.Running && task.Epoch > 0) DelayDeactivation(Options.Lease + Options.LostAfter);
            return;
        }
        var wait = TimeSpan.FromTicks(Math.Clamp((due - now).Ticks, ShortestTimer.Ticks, LongestTimer.Ticks));
        // While it waits there is nothing in memory that the row does not have.
        DelayDeactivation(task.State == TaskState.Running ? wait + Options.Lease + Options.LostAfter : wait);
        if (timer is not null) timer.Change(wait, Timeout.InfiniteTimeSpan);
        else timer = this.RegisterGrainTimer(OnTimer, new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { KeepAlive = true });
    }

    private async Task OnTimer(CancellationToken cancellation)
    {
        await ApplyTrigger(TaskTrigger.Tick.Instance);
        if (record is { } task && !task.State.IsEnd()) ArmTimer(task, Now);
    }

    /// <summary>
    /// A task that has run for long gets a reminder, which outlives the silo; its end takes the reminder away. Neither may fail the
    /// call that brought it here: what goes wrong is tried again at the next look.
    /// </summary>
    private async ValueTask SettleReminder(TaskRecord? before, DateTimeOffset now)
    {
        if (record is not { } task) return;
        var had = reminded || (before is not null && TaskObligations.NeedsReminder(before, now, Options));
        var wants = TaskObligations.NeedsReminder(task, now, Options);
        try
        {
            if (wants && !reminded)
            {
                await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
                reminded = true;
            }
            else if (had && task.State.IsEnd())
            {
                await RemoveReminder();
            }
        }
        catch (Exception failure)
        {
            services.Log.ReminderFailed(task.Id, failure);
        }
    }

    private async Task RemoveReminder()
    {
        if (await this.GetReminder(ReminderName) is { } reminder) await this.UnregisterReminder(reminder);
        reminded = false;
    }
}
