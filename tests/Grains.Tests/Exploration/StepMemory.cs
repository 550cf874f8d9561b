using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Exploration;

/// <summary>What a step answered, with its record as a number.</summary>
internal readonly record struct Taken(int Record, Rejection Rejection, bool Durable, Directive Directive, bool Repeated, bool HasNote);

/// <summary>The machine by numbers. A step is pure, so each is taken once.</summary>
internal sealed class StepMemory(Setting setting)
{
    private readonly Dictionary<(int Record, int Trigger, int Now), Taken> taken = [];
    private readonly Dictionary<int, int> stored = [];

    public Interned<TaskRecord> Records { get; } = new(new ByWhatChanges());
    public Interned<TaskTrigger> Triggers { get; } = new();

    public TaskRecord? Record(int number) => number == World.Nothing ? null : Records[number];

    public Taken Take(int record, int trigger, int now)
    {
        if (this.taken.TryGetValue((record, trigger, now), out var known)) return known;
        var step = StepOf(record, trigger, now);
        if (step.Durable && (step.Record!.Last?.Trigger, step.Record.Last?.At) != (Triggers[trigger].Name, Setting.At(now)))
            throw new BrokenPromise("I2: the audit row of a version is of something else");
        var taken = new Taken(
            step.Record is { } next ? Records.Number(next) : World.Nothing,
            step.Rejection, step.Durable, step.Directive, step.Repeated, step.Note is not null);
        return this.taken[(record, trigger, now)] = taken;
    }

    public bool NeedsRead(int record, int trigger, int now, TimeSpan age) =>
        setting.NeedsRead(Record(record), Triggers[trigger], StepOf(record, trigger, now), age, setting.Options);

    /// <summary>As of a process that stood still until just now.</summary>
    public bool MissedHeartbeats(int record, int trigger, int now) => setting.MissedHeartbeats(
        Record(record), Triggers[trigger], StepOf(record, trigger, now), Setting.At(now), TimeSpan.Zero, setting.Options);

    /// <summary>The row of a record: what the store does not keep is gone.</summary>
    public int Stored(int record)
    {
        if (stored.TryGetValue(record, out var known)) return known;
        var row = Records[record] with { OfferedTo = null, OfferExpires = null, LeaseUntil = null, HeardSince = null };
        return stored[record] = Records.Number(row);
    }

    private TaskStep StepOf(int record, int trigger, int now) =>
        setting.Step(Record(record), Triggers[trigger], Setting.At(now), setting.Options);

    /// <summary>All of it but the audit row of the version, which decides nothing.</summary>
    private sealed class ByWhatChanges : IEqualityComparer<TaskRecord>
    {
        public bool Equals(TaskRecord? x, TaskRecord? y) => ReferenceEquals(x, y) || x! with { Last = null } == y! with { Last = null };

        public int GetHashCode(TaskRecord record) =>
            HashCode.Combine(record.State, record.Version, record.StartedAt, record.LeaseUntil, record.OfferExpires, record.NotBefore,
                record.Epoch, record.HeardSince);
    }
}
