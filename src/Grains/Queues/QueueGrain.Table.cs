using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

// What the table knows better, and the time.
internal sealed partial class QueueGrain
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FruitlessPause = TimeSpan.FromSeconds(1);

    /// <summary>Groups read at one look; more of them wait for the next.</summary>
    private const int GroupsAtOnce = 64;

    /// <summary>Keys asked of the table in one query.</summary>
    private const int LinesAtOnce = 1000;

    /// <summary>Reads of one group, each leaving out more keys, until something is found that may start.</summary>
    private const int MostReads = 16;

    private readonly PriorityQueue<Waiter, DateTimeOffset> deadlines = new();
    private string tenant = "";
    private string pool = "";
    private bool polled;
    private bool looking;
    private Task? readingLines;
    private DateTimeOffset linesAfter;
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
            foreach (var requires in await ReadGroups(cancellation))
            {
                var group = backlog.Known(requires);
                // A queue under way may hold enough to serve everybody and still not know of a task it was told of in vain.
                if (group.Served || waiters.TryFind(group, out _)) await LoadGroup(group);
                group.Served = false;
            }
            foreach (var group in backlog.ToRead(GroupsAtOnce)) await LoadGroup(group);
            foreach (var keys in backlog.LinesToCheck().Chunk(LinesAtOnce)) await ReadLines(keys, cancellation);
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

    private List<BacklogGroup>? Unloaded(PollRequest request, DateTimeOffset now)
    {
        polled = true;
        if (request.Slots <= 0 || backlog.Unloaded(request.Worker, request.Offers) is not { } groups) return null;
        groups.RemoveAll(group => !group.Behind && group.LoadAfter > now && group.LoadAfter - now <= LookEvery);
        return groups.Count > 0 ? groups : null;
    }

    private async Task Load(List<BacklogGroup> groups)
    {
        foreach (var group in groups)
        {
            await ReadLines(group);
            if (group is { Complete: false, First: null }) await LoadGroup(group);
        }
    }

    private void LookSoon(BacklogGroup group)
    {
        var now = clock.GetUtcNow();
        if (group.Loading is null && !(group.LoadAfter > now) && (group.Unread || waiters.TryFind(group, out _))) _ = LoadGroup(group);
    }

    private Task LoadGroup(BacklogGroup group) => group.Loading ??= LoadOnce(group);

    private async Task LoadOnce(BacklogGroup group)
    {
        // Let the caller note the task before it can end.
        await Task.Yield();
        var now = clock.GetUtcNow();
        try
        {
            var left = new HashSet<string>(StringComparer.Ordinal);
            for (var reads = 0; reads < MostReads; reads++)
            {
                await ReadHead(group, left, now);
                await ReadLines(group);
                if (group.First is not null || group.Complete || group.Behind) break;
                // A window full of tasks that can't start, because of their keys, hides all the others.
                var known = left.Count;
                left = [.. left, .. backlog.KeysInTheWay(group)];
                if (left.Count == known) break;
            }
            group.LoadAfter = group.First is not null ? now : now + FruitlessPause;
        }
        catch (Exception failure)
        {
            group.LoadAfter = now + FruitlessPause;
            log.LoadFailed(tenant, pool, group.Requires, failure);
        }
        finally
        {
            group.Loading = null;
        }
        Serve();
    }

    private async Task ReadHead(BacklogGroup group, HashSet<string> withoutKeys, DateTimeOffset now)
    {
        var limit = backlog.LoadSize(group);
        var since = backlog.BeginRead();
        try
        {
            var head = withoutKeys.Count == 0
                ? await index.Backlog(tenant, pool, group.Requires, limit, now, CancellationToken.None)
                : await index.Backlog(tenant, pool, group.Requires, limit, now, withoutKeys, CancellationToken.None);
            backlog.SeeHead(group, head, limit, withoutKeys, since);
        }
        finally
        {
            backlog.EndRead();
        }
    }

    /// <summary>Until it is known who is first in line for the keys of a group.</summary>
    private async Task ReadLines(BacklogGroup group)
    {
        // A read that is under way was begun before some of the keys came up: one more has them.
        for (var reads = 0; group.Behind && reads < 3; reads++) await ReadLines();
    }

    private Task ReadLines() => clock.GetUtcNow() < linesAfter ? Task.CompletedTask : readingLines ??= ReadLinesOnce();

    /// <summary>Asks the table who is first in line for keys, where a window can't tell.</summary>
    private async Task ReadLinesOnce()
    {
        // Let the caller note the task before it can end.
        await Task.Yield();
        try
        {
            await ReadLines(backlog.UnreadLines(LinesAtOnce), CancellationToken.None);
        }
        catch (Exception failure)
        {
            linesAfter = clock.GetUtcNow() + FruitlessPause;
            log.LinesFailed(tenant, pool, failure);
        }
        finally
        {
            readingLines = null;
        }
        Serve();
    }

    private async Task ReadLines(IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        if (keys.Count == 0) return;
        var since = backlog.BeginRead();
        try
        {
            backlog.SeeLines(keys, await index.FirstOfKeys(tenant, pool, keys, clock.GetUtcNow(), cancellation), since);
        }
        finally
        {
            backlog.EndRead();
        }
    }

    private async Task<IReadOnlyList<string>> ReadGroups(CancellationToken cancellation)
    {
        var since = backlog.BeginRead();
        try
        {
            var groups = await index.BacklogGroups(tenant, pool, cancellation);
            backlog.SeeGroups(groups, since);
            return groups;
        }
        finally
        {
            backlog.EndRead();
        }
    }

    private async Task ReadKeys(CancellationToken cancellation)
    {
        var since = backlog.BeginRead();
        try
        {
            backlog.SeeBusyKeys(await index.BusyKeys(tenant, pool, cancellation), since);
        }
        finally
        {
            backlog.EndRead();
        }
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
        var coarse = TimeSpan.FromMilliseconds(Math.Clamp(wait.TotalMilliseconds + 10, 10, LongestWait.TotalMilliseconds + 10));
        letGoTimer?.Change(coarse, Timeout.InfiniteTimeSpan);
    }
}
