using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

// The window: what is read from the table, and what is left there.
internal sealed partial class Backlog
{
    /// <summary>Tasks that left the backlog while a load was in flight: the load may have read them still.</summary>
    private HashSet<Guid>? removed;
    private int loadsInFlight;

    /// <summary>Ids a load of the group asks for: those that are offered must not fill the window.</summary>
    public int LoadSize(BacklogGroup group)
    {
        var offered = 0;
        foreach (var place in group.All)
            if (place.OfferedTo is not null) offered++;
        return window + offered;
    }

    /// <summary>True when too little is known of a group to serve a worker that asks for it.</summary>
    public bool WantsLoad(BacklogGroup group) => !group.Complete && (group.All.Count < reloadAt || group.Ready.Count == 0);

    /// <summary>A group by its labels; unknown here until now: it is to be loaded.</summary>
    public BacklogGroup Known(string requires) => Group(requires, complete: false);

    /// <summary>
    /// The groups of which the table has due tasks, read since <paramref name="readSince"/>. One of which none is known here is to be
    /// loaded; of one that the table does not name, everything that was not told since is gone.
    /// </summary>
    public void SeeGroups(IReadOnlyList<string> requires, long readSince)
    {
        var named = new HashSet<string>(requires, StringComparer.Ordinal);
        foreach (var group in groups.Values)
            if (!named.Contains(group.Requires)) SeeHead(group, [], window, [], readSince);
        foreach (var name in requires)
        {
            var group = Known(name);
            if (group.All.Count == 0) group.Complete = false;
        }
    }

    /// <summary>
    /// Some groups to read although nobody may ask for them now: unread ones, whose tasks may be first in line for a key, and those
    /// with tasks of a key that was freed.
    /// </summary>
    public List<BacklogGroup> ToRead(int most)
    {
        var found = new List<BacklogGroup>();
        foreach (var group in groups.Values)
            if ((group.Unread || group.Behind) && found.Count < most) found.Add(group);
        return found;
    }

    /// <summary>Groups a worker can take from of which nothing can be handed out until they are read; null when there is none.</summary>
    public List<BacklogGroup>? Unloaded(string worker, string labels)
    {
        List<BacklogGroup>? found = null;
        foreach (var group in general)
            if (group is { Complete: false, Ready.Count: 0 } && LabelSet.Covers(labels, group.Requires)) (found ??= []).Add(group);
        if (!byWorker.TryGetValue(worker, out var own)) return found;
        foreach (var group in own)
            if (group is { Complete: false, Ready.Count: 0 } && LabelSet.Covers(labels, group.Requires)) (found ??= []).Add(group);
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
    /// <paramref name="withoutKeys"/>. What is known here, was not told since, and is not in the head is gone.
    /// </summary>
    public void SeeHead(
        BacklogGroup group, IReadOnlyList<QueueEntry> head, int limit, IReadOnlyCollection<string> withoutKeys, long readSince)
    {
        // What was refused while the read was under way may have come too late for it.
        var whole = head.Count < limit && group.RefusedAt <= readSince;
        Prune(group, head, head.Count < limit, withoutKeys, readSince);
        foreach (var entry in head)
            if (!places.ContainsKey(entry.Task) && removed?.Contains(entry.Task) != true) Insert(group, entry);
        group.Complete = whole;
        SetLeftOut(group, withoutKeys.Count > 0 ? withoutKeys : null);
        group.Behind = false;
        group.Tail = whole || head.Count == 0 ? null : head[^1];
        if (group.Ready.Count > 0) Wake(group);
    }

    /// <summary>Forgets groups of which nothing is known and nothing is left to know.</summary>
    public void DropEmptyGroups()
    {
        List<BacklogGroup>? empty = null;
        foreach (var group in groups.Values)
            if (group is { All.Count: 0, Complete: true, LeftOut: null, Loading: null }) (empty ??= []).Add(group);
        if (empty is null) return;
        foreach (var group in empty)
        {
            groups.Remove(group.Requires);
            if (group.Worker is null)
            {
                general.Remove(group);
            }
            else if (byWorker.TryGetValue(group.Worker, out var own))
            {
                own.Remove(group);
                if (own.Count == 0) byWorker.Remove(group.Worker);
            }
        }
    }

    /// <summary>What this queue knows about why a task waits.</summary>
    public QueueFacts Why(Guid task, string? key, int waitingWorkers)
    {
        places.TryGetValue(task, out var place);
        int? ahead = null;
        if (place is { OfferedTo: null })
        {
            ahead = 0;
            foreach (var other in place.Group.All)
                if (PlaceOrder.ByPriority.Compare(other, place) < 0) ahead++;
        }
        var holder = key is not null && lanes.TryGetValue(key, out var lane) ? lane.Holder ?? lane.First?.Task : null;
        return new QueueFacts
        {
            KeyHeldBy = holder == task ? null : holder,
            WaitingWorkers = waitingWorkers,
            OfferedTo = place?.OfferedTo,
            Ahead = ahead,
        };
    }

    /// <summary>True when an entry belongs in the window.</summary>
    private bool Fits(BacklogGroup group, in QueueEntry entry)
    {
        // Earlier tasks of the same key may be in the table alone: this one must not overtake them.
        if (group.LeftOut is { } keys && entry.ConcurrencyKey is { } key && keys.Contains(key)) return false;
        if (group.All.Count >= window) Shrink(group);
        return group.Complete || (group.Tail is { } tail && PlaceOrder.Compare(entry, tail) < 0);
    }

    /// <summary>Leaves the end of a full window to the table, where it is safe.</summary>
    private void Shrink(BacklogGroup group)
    {
        var waiting = new List<Place>(group.All.Count);
        foreach (var place in group.All)
            if (place.OfferedTo is null) waiting.Add(place);
        var keep = window * 3 / 4;
        if (waiting.Count <= keep) return;
        waiting.Sort(PlaceOrder.ByPriority);
        group.Complete = false;
        group.Tail = waiting[keep - 1].Entry;
        for (var i = keep; i < waiting.Count; i++)
        {
            places.Remove(waiting[i].Task);
            Detach(waiting[i]);
        }
    }

    private void Prune(
        BacklogGroup group, IReadOnlyList<QueueEntry> head, bool whole, IReadOnlyCollection<string> withoutKeys, long readSince)
    {
        if (group.All.Count == 0) return;
        var found = new HashSet<Guid>(head.Count);
        foreach (var entry in head) found.Add(entry.Task);
        List<Place>? gone = null;
        foreach (var place in group.All)
        {
            if (place.ToldAt > readSince || found.Contains(place.Task)) continue;
            if (!whole && PlaceOrder.Compare(place.Entry, head[^1]) > 0) continue;
            if (place.Lane is { } lane && withoutKeys.Contains(lane.Key)) continue;
            (gone ??= []).Add(place);
        }
        if (gone is null) return;
        foreach (var place in gone)
        {
            places.Remove(place.Task);
            // Its key, when it holds one, stays held: it may run now. The busy keys of the table tell.
            Detach(place);
        }
    }
}
