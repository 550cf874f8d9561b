namespace OpenClaw.Worker.Transport;

/// <summary>
/// How many bytes of output come through to the server in one call, as the 413s of this link have told; shared by all its attempts. After
/// some minutes more is tried again: the proxy may have been told better. Any thread may call.
/// </summary>
internal sealed class BodyLimit(TimeProvider clock)
{
    /// <summary>Below this it is no matter of size.</summary>
    public const int Smallest = 4 * 1024;

    private static readonly TimeSpan TryMoreAfter = TimeSpan.FromMinutes(10);
    private readonly Lock gate = new();
    private long limit = long.MaxValue;
    private long since;

    /// <summary>Most bytes of output of a call.</summary>
    public int Bytes
    {
        get
        {
            lock (gate)
            {
                if (limit < int.MaxValue && clock.GetElapsedTime(since) >= TryMoreAfter)
                    (limit, since) = (limit * 2, clock.GetTimestamp());
                return (int)Math.Min(limit, int.MaxValue);
            }
        }
    }

    /// <summary>A call with so many bytes was refused for its size: half of it is tried next.</summary>
    public void Halve(long bytes)
    {
        lock (gate)
        {
            // Of calls that were on their way together the smallest counts.
            if (bytes / 2 < limit)
                (limit, since) = (Math.Max(bytes / 2, Smallest), clock.GetTimestamp());
        }
    }
}
