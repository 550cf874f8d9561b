using System.Collections.Concurrent;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>
/// Holds tokens to their requests a minute on this gateway: a bucket that holds as many as a minute brings and is filled evenly. Only
/// tokens with a limit are in it.
/// </summary>
internal sealed class RequestRates(TimeProvider clock)
{
    private const int Capacity = 10_000;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    /// <summary>Counts a request; how long it has to wait when it comes too early, and is not counted, else zero.</summary>
    public TimeSpan CountRequest(string tokenId, int perMinute)
    {
        // Good tokens with a limit: administrators made them. Counting anew is better than growing.
        if (buckets.Count >= Capacity && !buckets.ContainsKey(tokenId)) buckets.Clear();
        var bucket = buckets.GetOrAdd(tokenId, static _ => new Bucket());
        var now = clock.GetElapsedTime(0);
        lock (bucket)
        {
            (bucket.FullAt, var wait) = Decide(bucket.FullAt, now, perMinute);
            return wait;
        }
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
