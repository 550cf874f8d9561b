using System.Collections.Concurrent;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>
/// Holds tokens, addresses or sessions to their requests a minute on this gateway: a bucket that holds as many as a minute brings and is
/// filled evenly.
/// </summary>
internal sealed class RequestRates(TimeProvider clock)
{
    private const int Capacity = 10_000;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    /// <summary>Counts a request; how long it has to wait when it comes too early, and is not counted, else zero.</summary>
    public TimeSpan CountRequest(string whose, int perMinute)
    {
        if (!buckets.TryGetValue(whose, out var bucket))
        {
            if (buckets.Count >= Capacity) MakeRoom();
            bucket = buckets.GetOrAdd(whose, static _ => new Bucket());
        }
        var now = clock.GetElapsedTime(0);
        lock (bucket)
        {
            (bucket.FullAt, var wait) = Decide(bucket.FullAt, now, perMinute);
            return wait;
        }
    }

    /// <summary>How long a request would have to wait now; counts nothing.</summary>
    public TimeSpan FindWait(string whose, int perMinute)
    {
        if (!buckets.TryGetValue(whose, out var bucket)) return TimeSpan.Zero;
        lock (bucket) return Decide(bucket.FullAt, clock.GetElapsedTime(0), perMinute).Wait;
    }

    /// <summary>As if there had been no request.</summary>
    public void Forget(string whose) => buckets.TryRemove(whose, out _);

    /// <summary>A full bucket says nothing. If none is, counting anew is better than growing.</summary>
    private void MakeRoom()
    {
        var now = clock.GetElapsedTime(0);
        foreach (var (whose, bucket) in buckets)
        {
            lock (bucket)
            {
                if (bucket.FullAt > now) continue;
            }
            buckets.TryRemove(whose, out _);
        }
        if (buckets.Count >= Capacity) buckets.Clear();
    }

    /// <summary>When the bucket would be full again after this request, and how long the request has to wait. Pure.</summary>
    internal static (TimeSpan FullAt, TimeSpan Wait) Decide(TimeSpan fullAt, TimeSpan now, int perMinute)
    {
        var each = Minute / perMinute;
        var after = (fullAt > now ? fullAt : now) + each;
        var over = after - now - Minute;
        return over > TimeSpan.Zero ? (fullAt, over) : (after, TimeSpan.Zero);
    }

    private sealed class Bucket
    {
        public TimeSpan FullAt { get; set; }
    }
}
