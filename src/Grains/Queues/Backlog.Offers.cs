using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

// Offers: made, and taken back when nobody started what was offered.
internal sealed partial class Backlog
{
    /// <summary>How long an offer stands at most whose large payload the worker fetches: 14 MiB at 25 kB/s.</summary>
    private static readonly TimeSpan LongestFetch = TimeSpan.FromMinutes(10);

    /// <summary>Marks a ready task of a group as offered.</summary>
    public void OfferEntry(BacklogEntry entry, string worker, long epoch, DateTimeOffset now)
    {
        RemoveFromReady(entry);
        entry.OfferedTo = worker;
        entry.OfferEpoch = epoch;
        entry.OfferExpires = now + (epoch > 0 ? offerLife : silentOfferLife);
        entry.KeptUntil = now + LongestFetch;
        (epoch > 0 ? offers : silentOffers).Enqueue((entry, entry.OfferExpires));
        handedOut.Add(entry.Group);
        entry.Group.Share.LastTurn = ++turns;
        if (epoch > 0) (FindOffersTo(worker) ?? (offeredTo[worker] = [])).Add(entry);
        CountOffer(entry);
        if (entry.Lane is not { } lane) return;
        lane.Line.Remove(entry);
        lane.First = null;
        lane.Holder = entry.Task;
        lane.ChangedAt = ++changes;
    }

    /// <summary>Offers that were never handed on: free again.</summary>
    public void ReturnOffers(ReadOnlySpan<Guid> tasks)
    {
        foreach (var task in tasks)
            if (entries.TryGetValue(task, out var entry) && entry.OfferedTo is not null) WithdrawOffer(entry);
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
        foreach (var entry in made)
        {
            var stands = entry.OfferEpoch == epoch && now < entry.KeptUntil && LabelSet.Covers(entry.Group.Requires, LabelSet.Large);
            if (!stands || !held.Contains(entry.Task)) continue;
            entry.OfferExpires = now + offerLife;
            offers.Enqueue((entry, entry.OfferExpires));
        }
    }

    /// <summary>Offers whose time is over: free again.</summary>
    public void ExpireOffers(DateTimeOffset now)
    {
        ExpireOffers(offers, now);
        ExpireOffers(silentOffers, now);
    }

    private void ExpireOffers(Queue<(BacklogEntry Entry, DateTimeOffset Expires)> made, DateTimeOffset now)
    {
        while (made.TryPeek(out var oldest))
        {
            var stands = oldest.Entry.OfferedTo is not null && oldest.Entry.OfferExpires == oldest.Expires;
            if (stands && oldest.Expires > now) return;
            made.Dequeue();
            if (stands) WithdrawOffer(oldest.Entry);
        }
    }

    private List<BacklogEntry>? FindOffersTo(string worker) => offeredTo.GetValueOrDefault(worker);

    private void WithdrawOffer(BacklogEntry entry)
    {
        ForgetOffer(entry);
        if (entry.Lane is { } lane && lane.Holder == entry.Task) lane.Holder = null;
        MakeAvailable(entry);
        UncountOffer(entry.Task);
    }

    private void ForgetOffer(BacklogEntry entry)
    {
        if (entry.OfferEpoch > 0 && FindOffersTo(entry.OfferedTo!) is { } made)
        {
            made.Remove(entry);
            if (made.Count == 0) offeredTo.Remove(entry.OfferedTo!);
        }
        entry.OfferedTo = null;
        entry.OfferEpoch = 0;
    }
}
