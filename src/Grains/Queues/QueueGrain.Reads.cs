using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

// Reads of the table. The grain is reentrant: while one of these awaits, messages come and polls are answered. So each read takes the
// change count before it begins, and what it brings never overrides a message that came later.
internal sealed partial class QueueGrain
{
    /// <summary>Groups seen at once; then whoever polls has a turn.</summary>
    private const int GroupsAPortion = 500;

    /// <summary>
    /// A look at the table is not repeated before so many times as long as it took; those at the groups, and those at what is in them,
    /// count apart. Where somebody holds a transaction open each passes all that was queued since: without this they took more than all
    /// writes.
    /// </summary>
    private const int ReadShare = 30;

    /// <summary>However long one took: a look that only met an outage says nothing about what looks cost.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Keys asked of the table in one query.</summary>
    private const int LinesAtOnce = 1000;

    /// <summary>Reads of one group, each leaving out more keys, until something is found that may start.</summary>
    private const int MostReads = 16;

    private Task? readingLines;
    private DateTimeOffset linesAfter;
    private DateTimeOffset groupsAfter;
    private DateTimeOffset headsAfter;
    private long looks;

    private List<BacklogGroup>? FindUnloadedGroups(PollRequest request, DateTimeOffset now)
    {
        polled = true;
        if (request.Slots <= 0 || backlog.FindUnloadedGroups(request.Worker, request.Offers) is not { } groups) return null;
        groups.RemoveAll(group => !group.IsHeldBack && group.LoadAfter > now && group.LoadAfter - now <= LookEvery);
        return groups.Count > 0 ? groups : null;
    }

    private async Task LoadGroups(List<BacklogGroup> groups)
    {
        foreach (var group in groups)
        {
            await ReadLines(group);
            if (group is { Complete: false, Next: null }) await LoadGroup(group);
        }
    }

    private void LoadSoon(BacklogGroup group)
    {
        var now = clock.GetUtcNow();
        if (group.Loading is null && !(group.LoadAfter > now) && (group.Unread || parked.TryFind(group, out _))) _ = LoadGroup(group);
    }

    private Task LoadGroup(BacklogGroup group) => group.Loading ??= LoadOnce(group);

    private async Task LoadOnce(BacklogGroup group)
    {
        // Yields so that the caller has stored the task in Loading before the finally clears it: else an ended load would stay there.
        await Task.Yield();
        var now = clock.GetUtcNow();
        try
        {
            var left = new HashSet<string>(StringComparer.Ordinal);
            for (var reads = 0; reads < MostReads; reads++)
            {
                await ReadHead(group, left, now);
                await ReadLines(group);
                if (group.Next is not null || group.Complete || group.IsHeldBack) break;
                // A window full of tasks that can't start, because of their keys, hides all the others.
                var known = left.Count;
                left = [.. left, .. backlog.GetBlockingKeys(group)];
                if (left.Count == known) break;
            }
            group.LoadAfter = group.Next is not null ? now : now + FruitlessPause;
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
        ServePolls();
    }

    private async Task ReadHead(BacklogGroup group, HashSet<string> withoutKeys, DateTimeOffset now)
    {
        var limit = backlog.GetLoadSize(group);
        var since = backlog.BeginRead();
        try
        {
            var head = await index.ReadBacklog(tenant, pool, group.Name, limit, now, withoutKeys, CancellationToken.None);
            backlog.ApplyHead(group, head, limit, withoutKeys, since);
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
        for (var reads = 0; group.IsHeldBack && reads < 3; reads++) await ReadLines();
    }

    private Task ReadLines() => clock.GetUtcNow() < linesAfter ? Task.CompletedTask : readingLines ??= ReadLinesOnce();

    /// <summary>Asks the table who is first in line for keys, where a window can't tell.</summary>
    private async Task ReadLinesOnce()
    {
        // Yields for the same reason as LoadOnce: readingLines is set before the finally clears it.
        await Task.Yield();
        try
        {
            await ReadLines(backlog.GetUnreadKeys(LinesAtOnce), CancellationToken.None);
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
        ServePolls();
    }

    private async Task ReadLines(IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        if (keys.Count == 0) return;
        var since = backlog.BeginRead();
        try
        {
            backlog.ApplyFirstOfKeys(keys, await index.ReadFirstOfKeys(tenant, pool, keys, clock.GetUtcNow(), cancellation), since);
        }
        finally
        {
            backlog.EndRead();
        }
    }

    /// <summary>
    /// Groups with tasks in the table that somebody waits for or takes from. A queue under way may hold enough to serve everybody and still
    /// not know of a task whose message was lost.
    /// </summary>
    private HashSet<BacklogGroup> GetWantedGroups()
    {
        HashSet<BacklogGroup> wanted = [.. backlog.TakeServedGroups()];
        foreach (var request in parked.GetRequests()) backlog.AddServedGroups(request.Worker, request.Offers, wanted);
        wanted.RemoveWhere(group => group.NamedAt < looks || group.Dropped);
        return wanted;
    }

    /// <summary>
    /// Which groups have a backlog. However many those are that nobody serves: polls are answered between two portions of them, and a read
    /// that takes long comes seldom.
    /// </summary>
    private async Task ReadGroups(CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        var since = backlog.BeginRead();
        try
        {
            var names = (await index.ReadBacklogGroups(tenant, pool, cancellation)).ToArray();
            var look = looks + 1;
            for (var from = 0; from < names.Length; from += GroupsAPortion)
            {
                backlog.ApplyGroups(names.AsSpan(from, Math.Min(GroupsAPortion, names.Length - from)), look);
                await Task.Yield();
            }
            looks = look;
            foreach (var portion in backlog.FindMissingGroups(look).Chunk(GroupsAPortion))
            {
                foreach (var group in portion) backlog.ApplyEmptyHead(group, since);
                await Task.Yield();
            }
        }
        finally
        {
            backlog.EndRead();
            groupsAfter = clock.GetUtcNow() + GetPauseAfter(began);
        }
    }

    /// <summary>
    /// What is in the groups that somebody takes from, and what is known of keys. Where this has to wait a poll still reads a group that
    /// the table named and of which nothing else is known.
    /// </summary>
    private async Task ReadHeads(CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        try
        {
            foreach (var group in GetWantedGroups()) await LoadGroup(group);
            foreach (var group in backlog.GetGroupsToRead(GroupsAtOnce)) await LoadGroup(group);
            foreach (var keys in backlog.GetKeysToCheck().Chunk(LinesAtOnce)) await ReadLines(keys, cancellation);
        }
        finally
        {
            headsAfter = clock.GetUtcNow() + GetPauseAfter(began);
        }
    }

    private async Task ReadKeys(CancellationToken cancellation)
    {
        var since = backlog.BeginRead();
        try
        {
            backlog.ApplyBusyKeys(await index.ReadBusyKeys(tenant, pool, cancellation), since);
        }
        finally
        {
            backlog.EndRead();
        }
    }

    private TimeSpan GetPauseAfter(long began)
    {
        var pause = clock.GetElapsedTime(began) * ReadShare;
        return pause < LongestPause ? pause : LongestPause;
    }
}
