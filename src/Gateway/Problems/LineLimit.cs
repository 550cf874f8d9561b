namespace OpenClaw.Gateway.Problems;

/// <summary>
/// How many lines a minute a log gets about one thing: during an outage every request would write one, also those of nobody we know.
/// </summary>
internal sealed class LineLimit(TimeProvider clock, int perMinute = LineLimit.PerMinute)
{
    internal const int PerMinute = 20;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private long? began;
    private int lines;
    private long leftOut;

    /// <summary>True when a line may be written; with how many were not since the last one that was.</summary>
    public bool TryTakeLine(out long before)
    {
        lock (gate)
        {
            if (began is not { } since || clock.GetElapsedTime(since) >= Window) (began, lines) = (clock.GetTimestamp(), 0);
            before = 0;
            if (lines == perMinute)
            {
                leftOut++;
                return false;
            }
            lines++;
            (before, leftOut) = (leftOut, 0);
            return true;
        }
    }
}
