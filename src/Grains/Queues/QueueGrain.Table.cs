using OpenClaw.GrainInterfaces;

namespace OpenClaw.Grains.Queues;

// What the table knows better, and the time.
internal sealed partial class QueueGrain
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FruitlessPause = TimeSpan.FromSeconds(1);

    /// <summary>Groups read at one look; more of them wait for the next.</summary>
    private const int GroupsAtOnce = 64;

    private readonly PriorityQueue<Waiter, DateTimeOffset> deadlines = new();
    private string tenant = "";
    private string pool = "";
    private bool polled;
    private bool looking;
    private ITimer? letGoTimer;
    private DateTimeOffset letGoAt = DateTimeOffset.MaxValue;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) throw new InvalidOperationException($"'{key}' is not tenant/pool.");
        (tenant, pool) = (key[..slash], key[(slash + 1)..]);
        // Before anything is handed out: who holds which key, and which groups have a backlog.
        await ReadKeys(cancellationToken);
        await ReadGroups(cancellationToken);
        this.RegisterGrainTimer(Look, new GrainTimerCreationOptions(LookEvery, LookEvery) { Interleave = true });
        // No timer of the grain's: those stand still once it is to leave, and it leaves only when its last parked poll is answered.
        var own = TaskScheduler.Current;
        letGoTimer = clock.CreateTimer(
            _ => Task.Factory.StartNew(LetGo, CancellationToken.None, TaskCreationOptions.DenyChildAttach, own),
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        letGoTimer?.Dispose();
        waiters.LetAllGo();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Every 5 s: whatever message was lost, the table has it. Costs one small query while workers ask and nothing waits.
    /// </summary>
    private async Task Look(CancellationToken cancellation)
    {
        backlog.Expire(clock.GetUtcNow());
        cancels.Forget(clock.GetUtcNow());
        Serve();
        if (looking || (!polled && waiters.Count == 0)) return;
        looking = true;
        polled = false;
        try
        {
            if (backlog.HasKeys) await ReadKeys(cancellation);
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
        Serve();
    }

    /// <summary>One timer for all parked polls, armed for the earliest: thousands of them cost no timer each.</summary>
    private void LetGoLater(Waiter waiter, TimeSpan wait)
    {
        var due = clock.GetUtcNow() + wait;
        deadlines.Enqueue(waiter, due);
        if (due < letGoAt) Arm(due, wait);
    }

    private void LetGo()
    {
        var now = clock.GetUtcNow();
        while (deadlines.TryPeek(out var waiter, out var due) && (due <= now || waiter.Task.IsCompleted))
        {
            deadlines.Dequeue();
            waiter.TrySetResult(Waiter.Nothing);
        }
        letGoAt = DateTimeOffset.MaxValue;
        if (deadlines.TryPeek(out _, out var next)) Arm(next, next - now);
    }

    private void Arm(DateTimeOffset due, TimeSpan wait)
    {
        letGoAt = due;
        // A little later than the earliest, so that those who came together leave together; never later than the slice itself.
        var coarse = TimeSpan.FromMilliseconds(Math.Clamp(wait.TotalMilliseconds + 10, 10, HeldCalls.Slice.TotalMilliseconds + 10));
        letGoTimer?.Change(coarse, Timeout.InfiniteTimeSpan);
    }
}
