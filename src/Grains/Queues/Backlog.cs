using System.Diagnostics.CodeAnalysis;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

/// <summary>
/// What a queue knows of its backlog: a window of ids for each group, the offers that stand, the concurrency keys. Pure: no clock,
/// no store, no silo. It may be wrong about a task, never about two: an id is handed to one poll while its offer lives.
/// </summary>
internal sealed partial class Backlog(TimeSpan offerLife, TimeSpan silentOfferLife, int window = 1000, int reloadAt = 100)
{
    private readonly Dictionary<Guid, Place> places = [];
    private readonly Dictionary<string, BacklogGroup> groups = new(StringComparer.Ordinal);
    private readonly List<BacklogGroup> general = [];
    private readonly Dictionary<string, List<BacklogGroup>> byWorker = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KeyLane> lanes = new(StringComparer.Ordinal);
    private readonly Queue<(Place Place, DateTimeOffset Expires)> offers = new();
    private readonly Queue<(Place Place, DateTimeOffset Expires)> silentOffers = new();
    private readonly Dictionary<string, List<Place>> offeredTo = new(StringComparer.Ordinal);
    private readonly Queue<BacklogGroup> woken = new();
    private long changes;

    /// <summary>Tasks known, offered ones included.</summary>
    public int Count => places.Count;

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
        if (places.TryGetValue(entry.Task, out var known))
        {
            known.ToldAt = changes;
            return true;
        }
        var group = Group(entry.Requires, complete: true);
        if (!Fits(group, entry))
        {
            group.RefusedAt = changes;
            return false;
        }
        Insert(group, entry);
        return true;
    }

    /// <summary>A task left the backlog: it runs and holds its key, or it ended and the key is free.</summary>
    public void Remove(Guid task, string? key, bool ended)
    {
        changes++;
        removed?.Add(task);
        if (places.Remove(task, out var place)) Detach(place);
        if (key is null) return;
        if (ended) Free(key, task);
        else Hold(key, task);
    }

    /// <summary>The best task for a worker with these labels, marked as offered to it; null when there is none.</summary>
    public Place? Take(string worker, long epoch, string labels, DateTimeOffset now)
    {
        Place? best = null;
        foreach (var group in general) best = Better(best, group, labels);
        if (byWorker.TryGetValue(worker, out var own))
            foreach (var group in own) best = Better(best, group, labels);
        if (best is not null) Offer(best, worker, epoch, now);
        return best;
    }

    /// <summary>Marks a ready task of a group as offered.</summary>
    public void Offer(Place place, string worker, long epoch, DateTimeOffset now)
    {
        Unready(place);
        place.OfferedTo = worker;
        place.OfferEpoch = epoch;
        place.OfferExpires = now + (epoch > 0 ? offerLife : silentOfferLife);
        (epoch > 0 ? offers : silentOffers).Enqueue((place, place.OfferExpires));
        place.Group.Served = true;
        if (epoch > 0) (OffersTo(worker) ?? (offeredTo[worker] = [])).Add(place);
        if (place.Lane is not { } lane) return;
        lane.Line.Remove(place);
        lane.First = null;
        lane.Holder = place.Task;
        lane.ToldAt = ++changes;
    }

    /// <summary>Offers that were never handed on: free again.</summary>
    public void Return(ReadOnlySpan<Guid> tasks)
    {
        foreach (var task in tasks)
            if (places.TryGetValue(task, out var place) && place.OfferedTo is not null) Unoffer(place);
    }

    /// <summary>Offers of earlier polls of a session that it does not name as held were lost on the way: free again.</summary>
    public void ReturnLost(string worker, long epoch, ReadOnlySpan<Guid> held)
    {
        if (OffersTo(worker) is not { } made) return;
        for (var i = made.Count - 1; i >= 0; i--)
            if (made[i].OfferEpoch <= epoch && !held.Contains(made[i].Task)) Unoffer(made[i]);
    }

    /// <summary>Offers whose time is over: free again.</summary>
    public void Expire(DateTimeOffset now)
    {
        Expire(offers, now);
        Expire(silentOffers, now);
    }

    private void Expire(Queue<(Place Place, DateTimeOffset Expires)> made, DateTimeOffset now)
    {
        while (made.TryPeek(out var oldest))
        {
            var stands = oldest.Place.OfferedTo is not null && oldest.Place.OfferExpires == oldest.Expires;
            if (stands && oldest.Expires > now) return;
            made.Dequeue();
            if (stands) Unoffer(oldest.Place);
        }
    }

    private List<Place>? OffersTo(string worker) => offeredTo.GetValueOrDefault(worker);

    private static Place? Better(Place? best, BacklogGroup group, string labels)
    {
        if (group.Ready.Count == 0 || !LabelSet.Covers(labels, group.Requires)) return best;
        var first = group.Ready.Min!;
        return best is null || PlaceOrder.ByPriority.Compare(first, best) < 0 ? first : best;
    }

    private BacklogGroup Group(string requires, bool complete)
    {
        if (groups.TryGetValue(requires, out var group)) return group;
        group = new BacklogGroup(requires) { Complete = complete };
        groups.Add(requires, group);
        if (group.Worker is null) general.Add(group);
        else if (byWorker.TryGetValue(group.Worker, out var own)) own.Add(group);
        else byWorker.Add(group.Worker, [group]);
        return group;
    }

    private void Insert(BacklogGroup group, in QueueEntry entry)
    {
        var place = new Place(entry, group, entry.ConcurrencyKey is { } key ? Lane(key) : null) { ToldAt = changes };
        places.Add(entry.Task, place);
        group.All.Add(place);
        if (place.Lane is { } lane)
        {
            lane.Places++;
            // It waits again, after a pause between attempts or a start that was never delivered.
            if (lane.Holder == entry.Task) lane.Holder = null;
        }
        Line(place);
    }

    /// <summary>Puts a place where it can be handed out: at once, or in the line of its key.</summary>
    private void Line(Place place)
    {
        if (place.Lane is not { } lane)
        {
            MakeReady(place);
            return;
        }
        lane.Line.Add(place);
        Promote(lane);
    }

    /// <summary>Keeps exactly the first of a free key's line ready.</summary>
    private void Promote(KeyLane lane)
    {
        var first = lane.Holder is null ? lane.Line.Min : null;
        if (ReferenceEquals(first, lane.First)) return;
        if (lane.First is { } before) Unready(before);
        lane.First = first;
        if (first is not null) MakeReady(first);
    }

    private void MakeReady(Place place)
    {
        place.Ready = true;
        place.Group.Ready.Add(place);
        Wake(place.Group);
    }

    private void Wake(BacklogGroup group)
    {
        if (group.Woken) return;
        group.Woken = true;
        woken.Enqueue(group);
    }

    private static void Unready(Place place)
    {
        if (place.Ready) place.Group.Ready.Remove(place);
        place.Ready = false;
    }

    private void Unoffer(Place place)
    {
        ForgetOffer(place);
        if (place.Lane is { } lane && lane.Holder == place.Task) lane.Holder = null;
        Line(place);
    }

    private void ForgetOffer(Place place)
    {
        if (place.OfferEpoch > 0 && OffersTo(place.OfferedTo!) is { } made)
        {
            made.Remove(place);
            if (made.Count == 0) offeredTo.Remove(place.OfferedTo!);
        }
        place.OfferedTo = null;
        place.OfferEpoch = 0;
    }

    /// <summary>Takes a place out of everything but the dictionary of places.</summary>
    private void Detach(Place place)
    {
        place.Group.All.Remove(place);
        if (place.OfferedTo is not null) ForgetOffer(place);
        Unready(place);
        if (place.Lane is not { } lane) return;
        lane.Line.Remove(place);
        lane.Places--;
        if (ReferenceEquals(lane.First, place)) lane.First = null;
        Promote(lane);
        Drop(lane);
    }
}
