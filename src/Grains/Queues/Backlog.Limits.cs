using OpenClaw.Grains.Ports;

namespace OpenClaw.Grains.Queues;

// How many tasks of one token run at once. Like the holder of a concurrency key a task counts from its offer on; unlike it, a task between
// two attempts does not. Of tokens without a limit nothing is counted.
internal sealed partial class Backlog
{
    private readonly Dictionary<string, TokenLimit> limits = new(StringComparer.Ordinal);
    private readonly HashSet<TokenLimit> full = [];
    private readonly Dictionary<Guid, CountedTask> counted = [];

    /// <summary>True when some token's tasks are counted.</summary>
    public bool HasLimits => limits.Count > 0;

    /// <summary>True when something could be handed out but for the limit of its token.</summary>
    public bool IsHeldByLimits
    {
        get
        {
            foreach (var limit in full)
                if (shares.TryGetValue(limit.TokenId, out var share) && share.Groups.Any(Waits)) return true;
            return false;
        }
    }

    private static bool Waits(BacklogGroup group) => group.Ready.Count > 0 || !group.Complete;

    /// <summary>How many tasks of a token may run, when as many do; null: there is room.</summary>
    public int? FindReachedLimit(string tokenId) =>
        limits.TryGetValue(tokenId, out var limit) && limit.IsFull ? limit.MaxRunning : null;

    /// <summary>
    /// The limits of all tokens that have one, and what runs of them, as the table had it, read since <paramref name="readSince"/>.
    /// Messages that came later than that stand, and so do offers: these are in memory only.
    /// </summary>
    public void ApplyLimits(IReadOnlyList<RunningLoad> loads, long readSince)
    {
        foreach (var limit in limits.Values) limit.IsRead = false;
        foreach (var load in loads)
        {
            var limit = GetOrAddLimit(load.TokenId);
            limit.IsRead = true;
            limit.MaxRunning = load.MaxRunning;
            foreach (var task in load.Running) CountRead(limit, task, readSince);
        }
        foreach (var (id, task) in counted)
        {
            // Allowed while it is walked.
            if (!task.Limit.IsRead) counted.Remove(id);
            else if (!task.IsRead && task.ChangedAt <= readSince) StopCounting(id, task, isOffered: task.IsOffered);
            task.IsRead = false;
        }
        foreach (var limit in limits.Values)
        {
            if (limit.IsRead) UpdateRoom(limit);
            else RemoveLimit(limit);
        }
    }

    private TokenLimit GetOrAddLimit(string tokenId)
    {
        if (limits.TryGetValue(tokenId, out var known)) return known;
        var limit = new TokenLimit(tokenId);
        limits.Add(tokenId, limit);
        if (!shares.TryGetValue(tokenId, out var share)) return limit;
        share.Limit = limit;
        foreach (var group in share.Groups)
            foreach (var entry in group.All)
                if (entry.OfferedTo is not null) CountOffer(entry);
        return limit;
    }

    private void RemoveLimit(TokenLimit limit)
    {
        limits.Remove(limit.TokenId);
        limit.MaxRunning = int.MaxValue;
        UpdateRoom(limit);
        if (shares.TryGetValue(limit.TokenId, out var share)) share.Limit = null;
    }

    private void CountRead(TokenLimit limit, Guid task, long readSince)
    {
        // It waits again, or has ended, by what it said while the read was under way.
        if (entries.TryGetValue(task, out var entry) && entry.ChangedAt > readSince) return;
        if (!counted.TryGetValue(task, out var known))
        {
            if (removed?.Contains(task) == true) return;
            known = AddCounted(limit, task);
        }
        known.IsRunning = true;
        known.IsRead = true;
    }

    private void CountOffer(BacklogEntry entry)
    {
        if (entry.Group.Share.Limit is not { } limit) return;
        (counted.GetValueOrDefault(entry.Task) ?? AddCounted(limit, entry.Task)).IsOffered = true;
        UpdateRoom(limit);
    }

    /// <summary>It has left the backlog and not ended.</summary>
    private void CountStart(BacklogEntry entry)
    {
        if (entry.Group.Share.Limit is not { } limit) return;
        var task = counted.GetValueOrDefault(entry.Task) ?? AddCounted(limit, entry.Task);
        (task.IsRunning, task.IsOffered, task.ChangedAt) = (true, false, ++changes);
        UpdateRoom(limit);
    }

    /// <summary>An offer is over. What the table said to be running is counted on: the word of its start may be lost.</summary>
    private void UncountOffer(Guid id)
    {
        if (!counted.TryGetValue(id, out var task)) return;
        task.IsOffered = false;
        if (!task.IsRunning) StopCounting(id, task, isOffered: false);
    }

    /// <summary>It does not run: it waits, or it has ended.</summary>
    private void UncountRun(Guid id, bool isOffered)
    {
        if (counted.Count > 0 && counted.TryGetValue(id, out var task)) StopCounting(id, task, isOffered);
    }

    private void StopCounting(Guid id, CountedTask task, bool isOffered)
    {
        (task.IsRunning, task.IsOffered) = (false, isOffered);
        if (isOffered) return;
        counted.Remove(id);
        task.Limit.Count--;
        UpdateRoom(task.Limit);
    }

    private CountedTask AddCounted(TokenLimit limit, Guid id)
    {
        var task = new CountedTask(limit);
        counted.Add(id, task);
        limit.Count++;
        return task;
    }

    /// <summary>When there is room again, all that waited for it is looked at anew.</summary>
    private void UpdateRoom(TokenLimit limit)
    {
        if (limit.IsFull) full.Add(limit);
        else if (full.Remove(limit) && shares.TryGetValue(limit.TokenId, out var share))
            foreach (var group in share.Groups) WakeGroup(group);
    }
}
