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

    /// <summary>The wait after one more failure.</summary>
    public TimeSpan GetNext()
    {
        failures = Math.Min(failures + 1, 16);
        return backOff.GetPause(failures, random());
    }

    /// <summary>It worked: the next failure begins anew.</summary>
    public void Reset() => failures = 0;
}
