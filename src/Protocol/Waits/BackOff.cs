namespace OpenClaw.Protocol.Waits;

/// <summary>
/// How long to pause after some failures in a row: the limit is <paramref name="First"/> after the first one and doubles with each, up to
/// <paramref name="Longest"/>. Pure.
/// </summary>
/// <param name="First">Limit of the first pause.</param>
/// <param name="Longest">Limit of all.</param>
public readonly record struct BackOff(TimeSpan First, TimeSpan Longest)
{
    // 2^30 times any first pause is beyond any longest one, and still far from overflow.
    private const int MostDoublings = 30;

    /// <summary>The longest pause after so many failures; the same for everybody.</summary>
    public TimeSpan GetLimit(int failures)
    {
        var doublings = Math.Clamp(failures - 1, 0, MostDoublings);
        return First > Longest / (1L << doublings) ? Longest : First * (1L << doublings);
    }

    /// <summary>
    /// A pause anywhere between half of the first limit and the limit. The jitter keeps those who failed together from coming back
    /// together.
    /// </summary>
    /// <param name="failures">Failures in a row, from 1.</param>
    /// <param name="chance">From 0 to 1, as of <see cref="Random.NextDouble"/>.</param>
    public TimeSpan GetPause(int failures, double chance)
    {
        var (shortest, limit) = (First / 2, GetLimit(failures));
        return shortest >= limit ? limit : shortest + (limit - shortest) * chance;
    }
}
