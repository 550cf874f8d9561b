namespace OpenClaw.Hosting.Clocks;

/// <summary>
/// The time of everything that has a duration or a deadline: set once, when the process starts, and carried on by a clock that nobody can
/// set. It never goes back, and a step of the wall clock does not move it. What it is off by it makes up for so slowly that no
/// duration is wrong by more than 1 in 2,000.
/// </summary>
public sealed class AnchoredClock : TimeProvider
{
    /// <summary>How much faster or slower than real time it may go.</summary>
    private const double FastestRate = 0.0005;

    /// <summary>Until then a new line is the old one: a reader that still has the old one reads the same time.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(1);

    private readonly Func<TimeSpan> elapsed;
    private Line line;

    /// <summary>A clock that says <paramref name="now"/> and goes on from there.</summary>
    /// <param name="wall">The machine's clock, for what is meant by it: the life of a token, a person's hours.</param>
    /// <param name="now">The time it begins with.</param>
    public AnchoredClock(TimeProvider wall, DateTimeOffset now) : this(wall, now, static () => BootTime.Now)
    {
    }

    internal AnchoredClock(TimeProvider wall, DateTimeOffset now, Func<TimeSpan> elapsed)
    {
        (Wall, this.elapsed) = (wall, elapsed);
        var at = elapsed();
        line = new Line(at, now, 0, at, at);
    }

    /// <summary>The machine's clock, which people and other machines set.</summary>
    public TimeProvider Wall { get; }

    /// <summary>The wall clock behind a clock; itself where it is none of ours.</summary>
    public static TimeProvider GetWallClock(TimeProvider clock) => clock is AnchoredClock anchored ? anchored.Wall : clock;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Volatile.Read(ref line).GetTimeAt(elapsed());

    /// <summary>What it says when <see cref="BootTime"/> is zero: as long as it goes at its own pace this stands.</summary>
    internal DateTimeOffset Origin
    {
        get
        {
            var at = elapsed();
            return Volatile.Read(ref line).GetTimeAt(at) - at;
        }
    }

    /// <summary>
    /// Makes up for what it is off by (positive: it is behind), as far as that can be done slowly before the next call, which is not
    /// to come before <paramref name="within"/> is over. One caller only.
    /// </summary>
    internal void EaseOffset(TimeSpan off, TimeSpan within)
    {
        var (at, spread) = (elapsed(), within - Lead - Lead);
        var rate = Math.Clamp(off / spread, -FastestRate, FastestRate);
        Volatile.Write(ref line, new Line(at, line.GetTimeAt(at), rate, at + Lead, at + Lead + spread));
    }

    /// <summary>Forward at once: only where nobody has a duration running by this clock.</summary>
    internal void AdvanceAtOnce(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var at = elapsed();
        Volatile.Write(ref line, new Line(at, line.GetTimeAt(at) + by, 0, at, at));
    }

    /// <summary>Real time from a point, and a little more or less of it between two others.</summary>
    private sealed record Line(TimeSpan Start, DateTimeOffset Time, double Rate, TimeSpan From, TimeSpan Until)
    {
        public DateTimeOffset GetTimeAt(TimeSpan now)
        {
            var eased = now <= From ? 0 : ((now < Until ? now : Until) - From).Ticks * Rate;
            return Time + (now - Start) + TimeSpan.FromTicks((long)eased);
        }
    }
}
