namespace OpenClaw.Hosting.Clocks;

/// <summary>
/// The time that processes one after another, and beside one another, agree on: some clock that outlives them, and how far theirs is ahead
/// of it. When that clock is set, they correct the distance and go on as they were.
/// </summary>
public interface IClockReference
{
    /// <summary>The time by it, now.</summary>
    ValueTask<ClockReading> ReadTime(CancellationToken cancellation);

    /// <summary>This process agrees with it.</summary>
    ValueTask ConfirmTime(CancellationToken cancellation);

    /// <summary>
    /// Moves the time by it, because its clock was set; false when another process has confirmed or corrected it since the reading.
    /// </summary>
    ValueTask<bool> CorrectTime(TimeSpan by, ClockReading reading, CancellationToken cancellation);

    /// <summary>No task waits or runs, so that nothing can end early.</summary>
    ValueTask<bool> IsIdle(CancellationToken cancellation);
}

/// <summary>What a reference said.</summary>
/// <param name="Time">The time by it.</param>
/// <param name="Ahead">How far that is ahead of the clock it is measured by.</param>
/// <param name="Confirmations">How often a process agreed with it or corrected it; only grows.</param>
/// <param name="Took">It was so within this time before the answer; half of it is how far the reading may be off.</param>
public readonly record struct ClockReading(DateTimeOffset Time, TimeSpan Ahead, long Confirmations, TimeSpan Took = default)
{
    /// <summary>What the time most likely is when the reading is there.</summary>
    public DateTimeOffset Now => Time + (Took / 2);
}
