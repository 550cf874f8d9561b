namespace OpenClaw.Worker;

/// <summary>
/// A moment on both clocks of a PC: the one that stands still while the machine sleeps and that nobody sets, and the one on the wall.
/// </summary>
internal readonly record struct ClockReading(long Steady, DateTimeOffset Wall)
{
    public static ClockReading ReadNow(TimeProvider clock) => new(clock.GetTimestamp(), clock.GetUtcNow());

    /// <summary>True when it is no longer ago by either clock. A wall clock that was set makes it old, which costs a question.</summary>
    public bool IsWithin(TimeSpan age, TimeProvider clock) =>
        clock.GetElapsedTime(Steady) <= age && (clock.GetUtcNow() - Wall).Duration() <= age;
}
