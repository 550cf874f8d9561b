using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

// Offers: made, and taken back when nobody started what was offered.
internal sealed partial class Backlog
{
    /// <summary>How long an offer stands at most whose large payload the worker fetches: 14 MiB at 25 kB/s.</summary>
    private static readonly TimeSpan LongestFetch = TimeSpan.FromMinutes(10);

    /// <summary>Marks a ready task of a group as offered.</summary>
    public void OfferEntry(BacklogEntry place, string worker, long epoch, DateTimeOffset now)
    {
        RemoveFromReady(place);
        place.OfferedTo = worker;
        place.OfferEpoch = epoch;
        place.OfferExpires = now + (epoch > 0 ? offerLife : silentOfferLife);
        place.KeptUntil = now + LongestFetch;
        (epoch > 0 ? offers : silentOffers).Enqueue((place, place.OfferExpires));
        handedOut.Add(place.Group);
        if (epoch > 0) (FindOffersTo(worker) ?? (offeredTo[worker] = [])).Add(place);
        if (place.Lane is not { } lane) return;
        lane.Line.Remove(place);
        lane.First = null;
        lane.Holder = place.Task;
        lane.ChangedAt = ++changes;
    }

    /// <summary>Offers that were never handed on: free again.</summary>
    public void ReturnOffers(ReadOnlySpan<Guid> tasks)
    {
        foreach (var task in tasks)
            if (entries.TryGetValue(task, out var place) && place.OfferedTo is not null) WithdrawOffer(place);
    }

    /// <summary>Offers of earlier polls of a session that it does not name as held were lost on the way: free again.</summary>
    public void ReturnLost(string worker, long epoch, ReadOnlySpan<Guid> held)
    {
        if (FindOffersTo(worker) is not { } made) return;
        for (var i = made.Count - 1; i >= 0; i--)
            if (made[i].OfferEpoch <= epoch && !held.Contains(made[i].Task)) WithdrawOffer(made[i]);
    }

    /// <summary>
    /// Offers with a large payload that a session names as held stand on: it is on its way, on a line that may be slow. Given to another
    /// worker meanwhile, it would be fetched in vain by one of the two.
    /// </summary>
    public void ExtendLargeOffers(string worker, long epoch, ReadOnlySpan<Guid> held, DateTimeOffset now)
    {
        if (FindOffersTo(worker) is not { } made) return;
        foreach (var place in made)
        {
            var stands = place.OfferEpoch == epoch && now < place.KeptUntil && LabelSet.Covers(place.Group.Requires, LabelSet.Large);
            if (!stands || !held.Contains(place.Task)) continue;
            place.OfferExpires = now + offerLife;
            offers.Enqueue((place, place.OfferExpires));
        }
    }

    /// <summary>Offers whose time is over: free again.</summary>
    public void ExpireOffers(DateTimeOffset now)
    {
        ExpireOffers(offers, now);
        ExpireOffers(silentOffers, now);
    }

    private void ExpireOffers(Queue<(BacklogEntry Place, DateTimeOffset Expires)> made, DateTimeOffset now)
    {
        while (made.TryPeek(out var oldest))
        {
            var stands = oldest.Place.OfferedTo is not null && oldest.Place.OfferExpires == oldest.Expires;
            if (stands && oldest.Expires > now) return;
            made.Dequeue();
            if (stands) WithdrawOffer(oldest.Place);
        }
    }

    private List<BacklogEntry>? FindOffersTo(string worker) => offeredTo.GetValueOrDefault(worker);

    private void WithdrawOffer(BacklogEntry place)
    {
        ForgetOffer(place);
        if (place.Lane is { } lane && lane.Holder == place.Task) lane.Holder = null;
        MakeAvailable(place);
    }

    private void ForgetOffer(BacklogEntry place)
    {
        if (place.OfferEpoch > 0 && FindOffersTo(place.OfferedTo!) is { } made)
        {
            made.Remove(place);
            if (made.Count == 0) offeredTo.Remove(place.OfferedTo!);
        }
        place.OfferedTo = null;
        place.OfferEpoch = 0;
    }
}
