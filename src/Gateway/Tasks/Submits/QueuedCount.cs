namespace OpenClaw.Gateway.Tasks.Submits;

/// <summary>
/// How many tasks of one token are queued: what the store had when it was asked, and what this gateway has let in since. Tasks that have
/// left the queue, and what other gateways have let in, is seen when the store is asked again: a second later, or when there seems to be
/// no room, and the last count is not of just now. To count a large limit's tasks takes longer, so that is done less often.
/// </summary>
internal sealed class QueuedCount(Func<int, Task<int>> count, TimeProvider clock)
{
    /// <summary>For so long a count is good to let in by.</summary>
    private static readonly TimeSpan LetInFor = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private int counted = -1;
    private int since;
    private int underWay;
    private long countedAt;
    private Task? counting;

    /// <summary>Books room for one more; null: the token has as many as it may have.</summary>
    public async ValueTask<Booking?> Reserve(int most)
    {
        for (var isCounted = false; ; isCounted = true)
        {
            Task reading;
            lock (gate)
            {
                var age = clock.GetElapsedTime(countedAt);
                if ((isCounted || (counted >= 0 && age < LetInFor)) && counted + since < most)
                {
                    since++;
                    underWay++;
                    return new Booking(this);
                }
                if (isCounted || (counted >= 0 && age < GetRefuseFor(most) && counted + since >= most)) return null;
                reading = counting ??= CountAgain(most);
            }
            await reading;
        }
    }

    /// <summary>For so long a count is good to refuse by.</summary>
    private static TimeSpan GetRefuseFor(int most) => TimeSpan.FromMilliseconds(Math.Clamp(most / 1_000, 10, 250));

    private async Task CountAgain(int most)
    {
        await Task.Yield();
        try
        {
            int sinceBefore, maybeMissed;
            // What is under way now may be in the count or not: it counts on its own until the next one.
            lock (gate) (sinceBefore, maybeMissed) = (since, underWay);
            var found = await count(most);
            lock (gate) (counted, since, countedAt) = (found, maybeMissed + since - sinceBefore, clock.GetTimestamp());
        }
        finally
        {
            lock (gate) counting = null;
        }
    }

    private void EndSubmit()
    {
        lock (gate) underWay--;
    }

    /// <summary>Room for a submit that is under way. Dispose when it is over, well or badly.</summary>
    internal readonly record struct Booking(QueuedCount? Count) : IDisposable
    {
        public void Dispose() => Count?.EndSubmit();
    }
}
