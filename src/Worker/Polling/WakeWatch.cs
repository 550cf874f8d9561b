namespace OpenClaw.Worker.Polling;

/// <summary>
/// Tells that the machine slept: the wall clock moved on and the monotonic one did not. (Also a clock that was set; then a heartbeat too
/// many is sent.) Pure but for what it saw last.
/// </summary>
internal sealed class WakeWatch(TimeProvider clock)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);
    private DateTimeOffset wall = clock.GetUtcNow();
    private long steady = clock.GetTimestamp();

    /// <summary>How far the two clocks have parted since the last look; null when they agree.</summary>
    public TimeSpan? FindClockGap()
    {
        var (wallNow, steadyNow) = (clock.GetUtcNow(), clock.GetTimestamp());
        var apart = wallNow - wall - clock.GetElapsedTime(steady, steadyNow);
        (wall, steady) = (wallNow, steadyNow);
        return apart.Duration() > Tolerance ? apart : null;
    }
}
