using OpenClaw.Protocol.Waits;

namespace OpenClaw.Worker.Polling;

/// <summary>
/// How long to wait before the next try: anywhere between 0.5 s and a limit that doubles from 1 s to 30 s, for ever. The jitter keeps
/// a thousand workers from coming back in one instant after the server was away.
/// </summary>
internal sealed class ReconnectDelay(Func<double> random, TimeSpan? longest = null)
{
    private readonly BackOff backOff = new(First: TimeSpan.FromSeconds(1), Longest: longest ?? TimeSpan.FromSeconds(30));
    private int failures;

    public static ReconnectDelay CreateJittered(TimeSpan? longest = null) => new(Random.Shared.NextDouble, longest);

    /// <summary>More is not waited, whatever a server says: it may have been a mistake, and nobody sits here to notice.</summary>
    internal static readonly TimeSpan LongestTold = TimeSpan.FromMinutes(10);

    /// <summary>The wait after one more failure; no less than the server <paramref name="told"/>.</summary>
    public TimeSpan GetNext(TimeSpan? told = null)
    {
        failures = Math.Min(failures + 1, 16);
        var wait = backOff.GetPause(failures, random());
        if (told is not { } least || least <= wait) return wait;
        // Spread as well: many may have been told the same.
        return (least < LongestTold ? least : LongestTold) + TimeSpan.FromSeconds(random());
    }

    /// <summary>It worked: the next failure begins anew.</summary>
    public void Reset() => failures = 0;
}
