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
    public int LoadSize(BacklogGroup group)
    {
        var offered = 0;
        foreach (var place in group.All)
            if (place.OfferedTo is not null) offered++;
        return window + offered;
    }

    /// <summary>True when too little is known of a group to serve a worker that asks for it.</summary>
    public bool WantsLoad(BacklogGroup group) => !group.Complete && (group.All.Count < reloadAt || group.First is null);

    /// <summary>A group by its labels; unknown here until now: it is to be loaded.</summary>
    public BacklogGroup Known(string requires) => Group(requires, complete: false);

    /// <summary>Some of the groups of which the table has due tasks. One of which nothing is known here is to be loaded.</summary>
    /// <param name="requires">The groups by their labels.</param>
    /// <param name="look">Number of the look at the table; later ones are higher.</param>
    public void SeeGroups(ReadOnlySpan<string> requires, long look)
    {
        foreach (var name in requires)
        {
            var group = Known(name);
            group.NamedAt = look;
            if (group.All.Count == 0) SetKnown(group, complete: false, group.Tail, group.LeftOut);
        }
    }

    /// <summary>Groups that a read of the table did not return although some of their tasks are known here: those not reported since are gone.</summary>
    public List<BacklogGroup> NotNamed(long look)
    {
        var found = new List<BacklogGroup>();
        foreach (var group in groups.Values)
            if (group.NamedAt < look && (group.All.Count > 0 || group.Hides)) found.Add(group);
        return found;
    }

    /// <summary>The table, read since <paramref name="readSince"/>, has nothing of a group.</summary>
    public void SeeNothing(BacklogGroup group, long readSince) => SeeHead(group, [], window, NoKeys, readSince);

    /// <summary>Groups of which something was handed out since this was asked before.</summary>
    public List<BacklogGroup> ServedSince()
    {
        List<BacklogGroup> found = [.. handedOut];
        handedOut.Clear();
        return found;
    }

    /// <summary>Groups that a worker with these labels can take from.</summary>
    public void AddServed(string worker, string labels, HashSet<BacklogGroup> to)
    {
        foreach (var group in served.General(labels)) to.Add(group);
        foreach (var group in served.Own(worker, labels)) to.Add(group);
    }

    /// <summary>
    /// Some groups to read although nobody may ask for them now: while the table alone knows of tasks, it is asked about every key.
    /// </summary>
    public List<BacklogGroup> ToRead(int most)
    {
        var found = new List<BacklogGroup>();
        foreach (var group in hiding)
        {
            if (found.Count == most) break;
            if (group.Unread) found.Add(group);
        }
        return found;
    }

    /// <summary>Groups a worker can take from of which nothing can be handed out until the table is read; null when there is none.</summary>
    public List<BacklogGroup>? Unloaded(string worker, string labels)
    {
        List<BacklogGroup>? found = null;
        foreach (var group in served.General(labels))
            if (group.WaitsForTable) (found ??= []).Add(group);
        foreach (var group in served.Own(worker, labels))
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
    /// <paramref name="withoutKeys"/>. What is known here, was not told since, and is not in the head is gone.
    /// </summary>
    public void SeeHead(
        BacklogGroup group, IReadOnlyList<QueueEntry> head, int limit, IReadOnlySet<string> withoutKeys, long readSince)
    {
        // What was refused while the read was under way may have come too late for it.
        var whole = head.Count < limit && group.RefusedAt <= readSince;
        SetKnown(
            group, whole, head.Count == 0 ? null : head[^1],
            withoutKeys.Count > 0 ? withoutKeys : null);
        Prune(group, head, head.Count < limit, withoutKeys, readSince);
        foreach (var entry in head)
        {
            if (removed?.Contains(entry.Task) == true) continue;
            if (places.TryGetValue(entry.Task, out var known))
            {
                if (ReferenceEquals(known.Group, group) || known.ToldAt > readSince) continue;
                places.Remove(entry.Task);
                Detach(known);
            }
            Insert(group, entry);
        }
        if (group.Ready.Count > 0) Wake(group);
    }

    /// <summary>
    /// Keys that keep the window of a group from holding what may start: those that are busy, and those of its tasks that are known, for
    /// none of them can be next.
    /// </summary>
    public HashSet<string> KeysInTheWay(BacklogGroup group)
    {
        var keys = new HashSet<string>(BusyKeys(), StringComparer.Ordinal);
        foreach (var place in group.All)
            if (place.Lane is { } lane) keys.Add(lane.Key);
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
            groups.Remove(group.Requires);
            dropped++;
        }
        if (dropped > 0) served.Drop();
        served.DropUnasked();
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
        return group.Complete || group.IsInWindow(entry);
    }

    /// <summary>Leaves the end of a full window to the table, where it is safe.</summary>
    private void Shrink(BacklogGroup group)
    {
        var waiting = new List<Place>(group.All.Count);
        foreach (var place in group.All)
            if (place.OfferedTo is null) waiting.Add(place);
        var keep = Math.Max(1, window * 3 / 4);
        if (waiting.Count <= keep) return;
        waiting.Sort(PlaceOrder.ByPriority);
        // What was beyond the window stays there: the table has others before it.
        var last = waiting[keep - 1].Entry;
        if (group.Complete || group.IsInWindow(last)) SetKnown(group, complete: false, last, group.LeftOut);
        for (var i = keep; i < waiting.Count; i++)
        {
            places.Remove(waiting[i].Task);
            Detach(waiting[i]);
        }
    }

    private void Prune(
        BacklogGroup group, IReadOnlyList<QueueEntry> head, bool whole, IReadOnlySet<string> withoutKeys, long readSince)
    {
        if (group.All.Count == 0) return;
        var found = new HashSet<Guid>(head.Count);
        foreach (var entry in head) found.Add(entry.Task);
        List<Place>? gone = null;
        foreach (var place in group.All)
            if (IsGone(place, found, whole ? null : head[^1], withoutKeys, readSince)) (gone ??= []).Add(place);
        if (gone is null) return;
        foreach (var place in gone)
        {
            places.Remove(place.Task);
            // Its key, when it holds one, stays held: it may run now. The busy keys of the table tell.
            Detach(place);
        }
    }

    private static bool IsGone(
        Place place, HashSet<Guid> found, QueueEntry? last, IReadOnlySet<string> withoutKeys, long readSince)
    {
        // What was left out is asked of the table once its key is free; here it would only fill the window.
        if (place.Lane is { } lane && withoutKeys.Contains(lane.Key)) return place.OfferedTo is null;
        if (place.ToldAt > readSince || found.Contains(place.Task)) return false;
        return last is not { } end || PlaceOrder.Compare(place.Entry, end) <= 0;
    }
}
