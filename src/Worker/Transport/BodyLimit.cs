namespace OpenClaw.Worker.Transport;

/// <summary>
/// How many bytes of output come through to the server in one call; shared by all attempts of a link. It is learned from 413 answers, and
/// after some minutes more is tried again: the proxy may have been told better. So have calls that were given up: on a slow line less is
/// through in time, and more is tried as soon as calls are quick again. Any thread may call.
/// </summary>
internal sealed class BodyLimit(TimeProvider clock)
{
    /// <summary>Below this it is no matter of size.</summary>
    public const int Smallest = 4 * 1024;

    private static readonly TimeSpan TryMoreAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(3);
    private const long MostInTime = 1 << 20;
    private readonly Lock gate = new();
    private long limit = long.MaxValue;
    private long inTime = long.MaxValue;
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
                return (int)Math.Min(Math.Min(limit, inTime), int.MaxValue);
            }
        }
    }

    /// <summary>A call with so many bytes was answered, or (<paramref name="answered"/> false) given up after its own time.</summary>
    public void RecordCall(long bytes, bool answered, TimeSpan took)
    {
        lock (gate)
        {
            // Of calls that were on their way together the smallest counts; one that holds next to nothing was not too large.
            if (!answered && bytes > Smallest && bytes / 2 < inTime) inTime = Math.Max(bytes / 2, Smallest);
            // A small call that was quick tells nothing of larger ones.
            else if (answered && inTime <= MostInTime && took < Quick && bytes >= inTime / 2)
                inTime = inTime * 2 > MostInTime ? long.MaxValue : inTime * 2;
        }
    }

    /// <summary>A call with so many bytes was refused for its size: half of it is tried next.</summary>
    public void Halve(long bytes)
    {
        lock (gate)
        {
            // Of calls that were on their way together the smallest counts.
            if (bytes / 2 < limit) (limit, since) = (Math.Max(bytes / 2, Smallest), clock.GetTimestamp());
        }
    }
}
