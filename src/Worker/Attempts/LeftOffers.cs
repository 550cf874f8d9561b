namespace OpenClaw.Worker.Attempts;

/// <summary>
/// Offers that were not taken although there is room to run them, because they need the owner's yes and as many wait for one as may. The poll
/// names them as held for as long as an offer lives at the server: unnamed they would come back in the same instant, again and again, and hide
/// the tasks behind them. After that time the server offers them again, to whoever asks.
/// </summary>
internal sealed class LeftOffers(TimeProvider clock)
{
    /// <summary>So many at most; with more no work is asked for until the oldest has run out.</summary>
    public const int Most = 800;
    private static readonly TimeSpan OfferLife = TimeSpan.FromSeconds(20);
    private readonly Lock gate = new();
    private readonly OrderedDictionary<string, long> left = new(StringComparer.Ordinal);

    /// <summary>Those that are to be named now, the oldest first.</summary>
    public string[] Ids
    {
        get
        {
            lock (gate)
            {
                Forget();
                return [.. left.Keys];
            }
        }
    }

    /// <summary>How long no work can be asked for, because no more of them could be named; null: it can.</summary>
    public TimeSpan? FullFor
    {
        get
        {
            lock (gate)
            {
                Forget();
                return left.Count < Most ? null : OfferLife - clock.GetElapsedTime(left.GetAt(0).Value);
            }
        }
    }

    /// <summary>Before the attempt is dropped: the poll after that must name it already. True for the first of a kind in a while.</summary>
    public bool Add(string attemptId)
    {
        lock (gate)
        {
            Forget();
            var first = left.Count == 0;
            left.Remove(attemptId);
            left.Add(attemptId, clock.GetTimestamp());
            return first;
        }
    }

    private void Forget()
    {
        while (left.Count > 0 && clock.GetElapsedTime(left.GetAt(0).Value) >= OfferLife)
            left.RemoveAt(0);
    }
}
