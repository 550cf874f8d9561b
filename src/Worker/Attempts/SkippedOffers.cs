using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Worker.Attempts;

/// <summary>
/// Offers that were not taken although there is room to run them, because they need the owner's yes and as many wait for one as may. The
/// poll names them as held for as long as an offer lives at the server: unnamed they would come back in the same instant, again and again,
/// and hide the tasks behind them. After that time the server offers them again, to whoever asks.
/// </summary>
internal sealed class SkippedOffers(TimeProvider clock)
{
    /// <summary>So many can be named. Behind more than these the server has nothing new to offer; the poll is slowed down then.</summary>
    public const int Most = 950;
    private readonly Lock gate = new();
    private readonly OrderedDictionary<string, long> left = new(StringComparer.Ordinal);
    private bool sweeping;

    /// <summary>Those that are to be named now, the oldest first.</summary>
    public string[] Ids
    {
        get
        {
            lock (gate)
            {
                RemoveExpired();
                return [.. left.Keys];
            }
        }
    }

    public int Room
    {
        get
        {
            lock (gate)
            {
                RemoveExpired();
                return Most - left.Count;
            }
        }
    }

    /// <summary>
    /// The offer looked at last was left: more of them are likely to come, and asking for many at once gets past them before the first
    /// comes back.
    /// </summary>
    public bool Sweeping { get { lock (gate) return sweeping; } }

    /// <summary>Before the attempt is dropped: the poll after that must name it already.</summary>
    public void Add(string attemptId)
    {
        lock (gate)
        {
            RemoveExpired();
            sweeping = true;
            left.Remove(attemptId);
            if (left.Count < Most) left.Add(attemptId, clock.GetTimestamp());
        }
    }

    /// <summary>An offer was taken, or there was none.</summary>
    public void EndSweep()
    {
        lock (gate)
            sweeping = false;
    }

    private void RemoveExpired()
    {
        while (left.Count > 0 && clock.GetElapsedTime(left.GetAt(0).Value) >= AttemptTiming.OfferLife)
            left.RemoveAt(0);
    }
}
