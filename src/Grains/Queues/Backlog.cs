using System.Diagnostics.CodeAnalysis;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

/// <summary>
/// What a queue knows of its backlog: a window of ids for each group, the offers that stand, the concurrency keys. Pure: no clock,
/// no store, no silo. It may be wrong about a task, never about two: an id is handed to one poll while its offer lives.
/// </summary>
internal sealed partial class Backlog(TimeSpan offerLife, TimeSpan silentOfferLife, int window = 1000, int reloadAt = 100)
{
    private readonly Dictionary<Guid, BacklogEntry> entries = [];
    private readonly Dictionary<string, BacklogGroup> groups = new(StringComparer.Ordinal);
    private readonly ServedGroups served = new();
    private readonly HashSet<BacklogGroup> hiding = [];
    private readonly Dictionary<string, ConcurrencyLane> lanes = new(StringComparer.Ordinal);
    private readonly Queue<(BacklogEntry Place, DateTimeOffset Expires)> offers = new();
    private readonly Queue<(BacklogEntry Place, DateTimeOffset Expires)> silentOffers = new();
    private readonly Dictionary<string, List<BacklogEntry>> offeredTo = new(StringComparer.Ordinal);
    private readonly Queue<BacklogGroup> woken = new();
    private long changes;

    /// <summary>Tasks known, offered ones included.</summary>
    public int Count => entries.Count;

    /// <summary>Label sets compared with those of workers, ever: what a poll costs beyond what it takes.</summary>
    public long Compared => served.Compared;

    /// <summary>The next group that got something to hand out since it was last asked.</summary>
    public bool TryGetWoken([NotNullWhen(true)] out BacklogGroup? group)
    {
        if (!woken.TryDequeue(out group)) return false;
        group.Woken = false;
        return true;
    }

    /// <summary>
    /// A task may be started now. False when it belongs beyond the window: it is in the table, a later load brings it.
    /// </summary>
    public bool Add(in QueueEntry entry)
    {
        changes++;
        removed?.Remove(entry.Task);
        if (entries.TryGetValue(entry.Task, out var known))
        {
            known.ChangedAt = changes;
            if (known.Group.Requires == entry.Requires) return true;
            // It was pinned: nobody else may have it any more.
            entries.Remove(entry.Task);
            DetachEntry(known);
        }
        var group = GetOrAddGroup(entry.Requires, complete: true);
        if (!FitsWindow(group, entry))
        {
            group.RefusedAt = changes;
            LeaveToTable(entry);
            return false;
        }
        InsertEntry(group, entry);
        return true;
    }

    /// <summary>A task left the backlog: it runs and holds its key, or it ended and the key is free.</summary>
    public void Remove(Guid task, string? key, bool ended)
    {
        changes++;
        removed?.Add(task);
        if (entries.Remove(task, out var place)) DetachEntry(place);
        if (key is null) return;
        if (ended) FreeKey(key, task);
        else HoldKey(key, task);
    }

    /// <summary>The best task for a worker with these labels, marked as offered to it; null when there is none.</summary>
    public BacklogEntry? OfferBest(string worker, long epoch, string labels, DateTimeOffset now)
    {
        var best = FindBest(worker, labels);
        if (best is not null) OfferEntry(best, worker, epoch, now);
        return best;
    }

    /// <summary>The best task for a worker with these labels; null when there is none.</summary>
    public BacklogEntry? FindBest(string worker, string labels)
    {
        BacklogEntry? best = null;
        foreach (var group in served.GetGeneral(labels)) best = ChooseBetter(best, group);
        foreach (var group in served.GetOwn(worker, labels)) best = ChooseBetter(best, group);
        return best;
    }

    private static BacklogEntry? ChooseBetter(BacklogEntry? best, BacklogGroup group) =>
        group.First is { } first && (best is null || BacklogOrder.ByPriority.Compare(first, best) < 0) ? first : best;

    private BacklogGroup GetOrAddGroup(string requires, bool complete)
    {
        if (groups.TryGetValue(requires, out var group)) return group;
        group = new BacklogGroup(requires) { Complete = complete };
        groups.Add(requires, group);
        served.Add(group);
        if (group.Hides) hiding.Add(group);
        return group;
    }

    private void InsertEntry(BacklogGroup group, in QueueEntry entry)
    {
        var place = new BacklogEntry(entry, group, entry.ConcurrencyKey is { } key ? GetOrAddLane(key) : null) { ChangedAt = changes };
        entries.Add(entry.Task, place);
        group.All.Add(place);
        if (place.Lane is { } lane)
        {
            lane.EntryCount++;
            // It waits again, after a pause between attempts or a start that was never delivered.
            if (lane.Holder == entry.Task) lane.Holder = null;
        }
        MakeAvailable(place);
    }

    /// <summary>Puts a place where it can be handed out: at once, or in the line of its key.</summary>
    private void MakeAvailable(BacklogEntry place)
    {
        if (place.Lane is not { } lane)
        {
            MakeReady(place);
            return;
        }
        lane.Line.Add(place);
        PromoteFirst(lane);
    }

    private void MakeReady(BacklogEntry place)
    {
        place.Ready = true;
        place.Group.Ready.Add(place);
        WakeGroup(place.Group);
    }

    private void WakeGroup(BacklogGroup group)
    {
        if (group.Woken) return;
        group.Woken = true;
        woken.Enqueue(group);
    }

    private static void RemoveFromReady(BacklogEntry place)
    {
        if (place.Ready) place.Group.Ready.Remove(place);
        place.Ready = false;
    }

    /// <summary>Takes a place out of everything but the dictionary of places.</summary>
    private void DetachEntry(BacklogEntry place)
    {
        place.Group.All.Remove(place);
        if (place.OfferedTo is not null) ForgetOffer(place);
        RemoveFromReady(place);
        if (place.Lane is not { } lane) return;
        lane.Line.Remove(place);
        lane.EntryCount--;
        if (ReferenceEquals(lane.First, place)) lane.First = null;
        PromoteFirst(lane);
        DropLaneIfEmpty(lane);
    }
}
