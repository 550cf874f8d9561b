namespace OpenClaw.Worker.Polling;

/// <summary>
/// How long to wait before the next try: anywhere between 0.5 s and a limit that doubles from 1 s to 30 s, for ever. The jitter keeps
/// a thousand workers from coming back in one instant after the server was away.
/// </summary>
internal sealed class Reconnect(Func<double> random, TimeSpan? longest = null)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);
    private readonly TimeSpan longest = longest ?? TimeSpan.FromSeconds(30);
    private int failures;

    public static Reconnect Jittered(TimeSpan? longest = null) => new(Random.Shared.NextDouble, longest);

    /// <summary>The wait after one more failure.</summary>
    public TimeSpan Next()
    {
        failures = Math.Min(failures + 1, 16);
        var limit = TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, 0.5 * Math.Pow(2, failures)));
        return Shortest + (limit - Shortest) * random();
    }

    /// <summary>It worked: the next failure begins anew.</summary>
    public void Reset() => failures = 0;
}
