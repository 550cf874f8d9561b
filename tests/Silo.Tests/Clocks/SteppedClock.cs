using OpenClaw.Hosting.Clocks;

namespace OpenClaw.Silo.Tests.Clocks;

/// <summary>A machine's wall clock, which a test sets while real time goes on.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private long ahead;

    /// <summary>How far it is ahead of the truth.</summary>
    public TimeSpan Ahead
    {
        get => new(Interlocked.Read(ref ahead));
        set => Interlocked.Exchange(ref ahead, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}

/// <summary>A reference without a database: a clock that a test sets, and the distance.</summary>
internal sealed class FakeReference(Func<DateTimeOffset> measure) : IClockReference
{
    public TimeSpan Ahead { get; set; }
    public long Confirmations { get; private set; }
    public bool Idle { get; set; }
    public TimeSpan Delay { get; set; }
    public Action<TimeSpan> Wait { get; set; } = static _ => { };

    public ValueTask<ClockReading> ReadTime(CancellationToken cancellation)
    {
        Wait(Delay / 2);
        var reading = new ClockReading(measure() + Ahead, Ahead, Confirmations, Delay);
        Wait(Delay / 2);
        return new(reading);
    }

    public ValueTask ConfirmTime(CancellationToken cancellation)
    {
        Confirmations++;
        return default;
    }

    public ValueTask<bool> CorrectTime(TimeSpan by, ClockReading reading, CancellationToken cancellation)
    {
        if (reading.Confirmations != Confirmations) return new(false);
        (Ahead, Confirmations) = (Ahead + by, Confirmations + 1);
        return new(true);
    }

    public ValueTask<bool> IsIdle(CancellationToken cancellation) => new(Idle);
}
