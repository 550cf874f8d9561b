using OpenClaw.GrainInterfaces;

namespace OpenClaw.Grains.Queues;

// The timers: the look at the table every 5 s, and the one that releases parked polls. Both interleave with polls and messages.
internal sealed partial class QueueGrain
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FruitlessPause = TimeSpan.FromSeconds(1);

    /// <summary>Groups read at one look; more of them wait for the next.</summary>
    private const int GroupsAtOnce = 64;

    private readonly PriorityQueue<ParkedPoll, DateTimeOffset> deadlines = new();
    private string tenant = "";
    private string pool = "";
    private bool polled;
    private bool looking;
    private ITimer? releaseTimer;
    private DateTimeOffset releaseAt = DateTimeOffset.MaxValue;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) throw new InvalidOperationException($"'{key}' is not tenant/pool.");
        (tenant, pool) = (key[..slash], key[(slash + 1)..]);
        // Before anything is handed out: who holds which key, what runs of tokens with a limit, and which groups have a backlog.
        await ReadKeys(cancellationToken);
        await ReadLimits(cancellationToken);
        await ReadGroups(cancellationToken);
        this.RegisterGrainTimer(RefreshFromTable, new GrainTimerCreationOptions(LookEvery, LookEvery) { Interleave = true });
        // No timer of the grain's: those stand still once it is to leave, and it leaves only when its last parked poll is answered.
        var own = TaskScheduler.Current;
        releaseTimer = clock.CreateTimer(
            _ => Task.Factory.StartNew(ReleaseDue, CancellationToken.None, TaskCreationOptions.DenyChildAttach, own),
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        releaseTimer?.Dispose();
        parked.ReleaseAll();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Every 5 s: whatever message was lost, the table has it. Costs one small query while workers ask and nothing waits.
    /// </summary>
    private async Task RefreshFromTable(CancellationToken cancellation)
    {
        backlog.ExpireOffers(clock.GetUtcNow());
        cancels.RemoveExpired(clock.GetUtcNow());
        ServePolls();
        // The timer interleaves: a look that takes longer than 5 s is still under way at the next tick, and two of them would load the same
        // groups twice.
        if (looking || (!polled && parked.Count == 0)) return;
        looking = true;
        polled = false;
        try
        {
            if (backlog.HasKeys) await ReadKeys(cancellation);
            if (await HasLimits()) await ReadLimits(cancellation);
            if (clock.GetUtcNow() >= groupsAfter) await ReadGroups(cancellation);
            if (clock.GetUtcNow() >= headsAfter) await ReadHeads(cancellation);
            if (backlog.HasUnreadLines) await ReadLines();
            backlog.DropEmptyGroups();
        }
        catch (Exception failure)
        {
            log.LookFailed(tenant, pool, failure);
        }
        finally
        {
            looking = false;
        }
        ServePolls();
    }

    /// <summary>One timer for all parked polls, armed for the earliest: thousands of them cost no timer each.</summary>
    private void ReleaseLater(ParkedPoll poll, TimeSpan wait)
    {
        var due = clock.GetUtcNow() + wait;
        deadlines.Enqueue(poll, due);
        if (due < releaseAt) ArmTimer(due, wait);
    }

    /// <summary>
    /// Runs on the grain's scheduler, between two turns. A poll that was answered meanwhile is only taken out here: TrySetResult of a
    /// completed one does nothing.
    /// </summary>
    private void ReleaseDue()
    {
        var now = clock.GetUtcNow();
        while (deadlines.TryPeek(out var poll, out var due) && (due <= now || poll.Task.IsCompleted))
        {
            deadlines.Dequeue();
            poll.TrySetResult(ParkedPoll.Nothing);
        }
        releaseAt = DateTimeOffset.MaxValue;
        if (deadlines.TryPeek(out _, out var next)) ArmTimer(next, next - now);
    }

    private void ArmTimer(DateTimeOffset due, TimeSpan wait)
    {
        releaseAt = due;
        // A little later than the earliest, so that those who came together leave together; never later than the slice itself.
        var coarse = TimeSpan.FromMilliseconds(Math.Clamp(wait.TotalMilliseconds + 10, 10, HeldCalls.Slice.TotalMilliseconds + 10));
        releaseTimer?.Change(coarse, Timeout.InfiniteTimeSpan);
    }
}
