using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

// The window: what is read from the table, and what is left there.
internal sealed partial class Backlog
{
    /// <summary>No key is left out.</summary>
    public static readonly IReadOnlySet<string> NoKeys = new HashSet<string>();

    /// <summary>Tasks that left the backlog while a load was in flight: the load may have read them still.</summary>
    private HashSet<Guid>? removed;
    private int loadsInFlight;
    private readonly HashSet<BacklogGroup> handedOut = [];

    /// <summary>Ids a load of the group asks for: those that are offered must not fill the window.</summary>
    public int GetLoadSize(BacklogGroup group)
    {
        var offered = 0;
        foreach (var entry in group.All)
            if (entry.OfferedTo is not null) offered++;
        return window + offered;
    }

    /// <summary>True when too little is known of a group to serve a worker that asks for it.</summary>
    public bool NeedsLoad(BacklogGroup group) =>
        group is { Complete: false, Share.IsFull: false } && (group.All.Count < reloadAt || group.Next is null);

    /// <summary>A group by its name; unknown here until now: it is to be loaded.</summary>
    public BacklogGroup GetGroup(GroupName name) => GetOrAddGroup(name, complete: false);

    /// <summary>Some of the groups of which the table has due tasks. One of which nothing is known here is to be loaded.</summary>
    /// <param name="names">The groups.</param>
    /// <param name="look">Number of the look at the table; later ones are higher.</param>
    public void ApplyGroups(ReadOnlySpan<GroupName> names, long look)
    {
        foreach (var name in names)
        {
            var group = GetGroup(name);
            group.NamedAt = look;
            if (group.All.Count == 0) SetKnownWindow(group, complete: false, group.Tail, group.LeftOut);
        }
    }

    /// <summary>
    /// Groups that a read of the table did not return although some of their tasks are known here: those not reported since are gone.
    /// </summary>
    public List<BacklogGroup> FindMissingGroups(long look)
    {
        var found = new List<BacklogGroup>();
        foreach (var group in groups.Values)
            if (group.NamedAt < look && (group.All.Count > 0 || group.Hides)) found.Add(group);
        return found;
    }

    /// <summary>The table, read since <paramref name="readSince"/>, has nothing of a group.</summary>
    public void ApplyEmptyHead(BacklogGroup group, long readSince) => ApplyHead(group, [], window, NoKeys, readSince);

    /// <summary>Groups of which something was handed out since this was asked before.</summary>
    public List<BacklogGroup> TakeServedGroups()
    {
        List<BacklogGroup> found = [.. handedOut];
        handedOut.Clear();
        return found;
    }

    /// <summary>Groups that a worker with these labels can take from.</summary>
    public void AddServedGroups(string worker, string labels, HashSet<BacklogGroup> to)
    {
        foreach (var group in served.GetGeneral(labels)) to.Add(group);
        foreach (var group in served.GetOwn(worker, labels)) to.Add(group);
    }

    /// <summary>
    /// Some groups to read although nobody may ask for them now: while the table alone knows of tasks, it is asked about every key.
    /// </summary>
    public List<BacklogGroup> GetGroupsToRead(int most)
    {
        var found = new List<BacklogGroup>();
        foreach (var group in hiding)
        {
            if (found.Count == most) break;
            if (group.Unread) found.Add(group);
        }
        return found;
    }

    /// <summary>
    /// Groups a worker can take from of which nothing can be handed out until the table is read; null when there is none.
    /// </summary>
    public List<BacklogGroup>? FindUnloadedGroups(string worker, string labels)
    {
        List<BacklogGroup>? found = null;
        foreach (var group in served.GetGeneral(labels))
            if (group.WaitsForTable) (found ??= []).Add(group);
        foreach (var group in served.GetOwn(worker, labels))
            if (group.WaitsForTable) (found ??= []).Add(group);
        return found;
    }

    /// <summary>A read of the table begins; give the answer back with what it found.</summary>
    public long BeginRead()
    {
        loadsInFlight++;
        removed ??= [];
        return changes;
    }

    /// <summary>The read is over, well or badly.</summary>
    public void EndRead()
    {
        if (--loadsInFlight == 0) removed = null;
    }

    /// <summary>
    /// The head of a group as the table had it, read since <paramref name="readSince"/>, without tasks of
    /// <paramref name="withoutKeys"/>. An entry that is not in the head, and of which no
    /// message came since, is gone.
    /// </summary>
    public void ApplyHead(
        BacklogGroup group, IReadOnlyList<QueueEntry> head, int limit, IReadOnlySet<string> withoutKeys, long readSince)
    {
        // What was refused while the read was under way may have come too late for it.
        var whole = head.Count < limit && group.RefusedAt <= readSince;
        SetKnownWindow(
            group, whole, head.Count == 0 ? null : head[^1],
            withoutKeys.Count > 0 ? withoutKeys : null);
        RemoveGone(group, head, head.Count < limit, withoutKeys, readSince);
        foreach (var entry in head)
        {
            if (removed?.Contains(entry.Task) == true) continue;
            if (entries.TryGetValue(entry.Task, out var known))
            {
                if (ReferenceEquals(known.Group, group) || known.ChangedAt > readSince) continue;
                entries.Remove(entry.Task);
                DetachEntry(known);
            }
            InsertEntry(group, entry);
        }
        if (group.Ready.Count > 0) WakeGroup(group);
    }

    /// <summary>
    /// Keys that keep the window of a group from holding what may start: those that are busy, and those of its tasks that are known, for
    /// none of them can be next.
    /// </summary>
    public HashSet<string> GetBlockingKeys(BacklogGroup group)
    {
        var keys = new HashSet<string>(GetBusyKeys(), StringComparer.Ordinal);
        foreach (var entry in group.All)
            if (entry.Lane is { } lane) keys.Add(lane.Key);
        return keys;
    }

    /// <summary>Forgets groups of which nothing is known and nothing is left to know, and workers that ask no more.</summary>
    public void DropEmptyGroups()
    {
        var dropped = 0;
        foreach (var group in groups.Values)
        {
            if (group is not { All.Count: 0, Complete: true, LeftOut: null, Loading: null }) continue;
            group.Dropped = true;
            // Allowed while it is walked.
            groups.Remove(group.Name);
            group.Share.Groups.Remove(group);
            dropped++;
        }
        ForgetIdleShares();
        if (dropped > 0) served.RemoveDropped();
        served.RemoveUnasked();
    }

    /// <summary>True when an entry belongs in the window.</summary>
    private bool FitsWindow(BacklogGroup group, in QueueEntry entry)
    {
        // Earlier tasks of the same key may be in the table alone: this one must not overtake them.
        if (group.LeftOut is { } keys && entry.ConcurrencyKey is { } key && keys.Contains(key)) return false;
        if (group.All.Count >= window) ShrinkWindow(group);
        return group.Complete || group.IsInWindow(entry);
    }

    /// <summary>Leaves the end of a full window to the table, where it is safe.</summary>
    private void ShrinkWindow(BacklogGroup group)
    {
        var waiting = new List<BacklogEntry>(group.All.Count);
        foreach (var entry in group.All)
            if (entry.OfferedTo is null) waiting.Add(entry);
        var keep = Math.Max(1, window * 3 / 4);
        if (waiting.Count <= keep) return;
        waiting.Sort(BacklogOrder.ByPriority);
        // What was beyond the window stays there: the table has others before it.
        var last = waiting[keep - 1].Entry;
        if (group.Complete || group.IsInWindow(last)) SetKnownWindow(group, complete: false, last, group.LeftOut);
        for (var i = keep; i < waiting.Count; i++)
        {
            entries.Remove(waiting[i].Task);
            DetachEntry(waiting[i]);
        }
    }

    private void RemoveGone(
        BacklogGroup group, IReadOnlyList<QueueEntry> head, bool whole, IReadOnlySet<string> withoutKeys, long readSince)
    {
        if (group.All.Count == 0) return;
        var found = new HashSet<Guid>(head.Count);
        foreach (var entry in head) found.Add(entry.Task);
        List<BacklogEntry>? gone = null;
        foreach (var entry in group.All)
            if (IsGone(entry, found, whole ? null : head[^1], withoutKeys, readSince)) (gone ??= []).Add(entry);
        if (gone is null) return;
        foreach (var entry in gone)
        {
            entries.Remove(entry.Task);
            if (entry.OfferedTo is not null) CountStart(entry);
            // Its key, when it holds one, stays held: it may run now. The busy keys of the table tell.
            DetachEntry(entry);
        }
    }

    private static bool IsGone(
        BacklogEntry entry, HashSet<Guid> found, QueueEntry? last, IReadOnlySet<string> withoutKeys, long readSince)
    {
        // What was left out is asked of the table once its key is free; here it would only fill the window.
        if (entry.Lane is { } lane && withoutKeys.Contains(lane.Key)) return entry.OfferedTo is null;
        if (entry.ChangedAt > readSince || found.Contains(entry.Task)) return false;
        return last is not { } end || BacklogOrder.CompareEntries(entry.Entry, end) <= 0;
    }
}
