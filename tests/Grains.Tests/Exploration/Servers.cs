using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Exploration;

/// <summary>What came of a call.</summary>
/// <param name="World">The world after it.</param>
/// <param name="Answered">False: the write met another one's, and the caller is to come again.</param>
/// <param name="Step">What it was answered.</param>
internal readonly record struct Called(World World, bool Answered, Taken Step);

/// <summary>
/// The two activations and the row, as TaskGrain has it: load, step, look at the store again where memory may not decide, commit with a
/// comparison of versions, forget everything when that fails.
/// </summary>
internal sealed class Servers(Setting setting, StepMemory steps, Promises promises)
{
    private readonly int recovered = steps.Triggers.Number(TaskTrigger.Recovered.Instance);
    private readonly double staleAfter = setting.Options.StaleAfter.TotalSeconds;

    public Called Call(World world, int on, int trigger)
    {
        var isStored = !world[on].IsLoaded;
        if (isStored) world = Load(world, on);
        var mind = world[on];
        var step = steps.Take(mind.Record, trigger, world.Now);
        if (!isStored && steps.NeedsRead(mind.Record, trigger, world.Now, AgeOf(mind, world.Now)))
        {
            world = Refresh(world, on);
            mind = world[on];
            step = steps.Take(mind.Record, trigger, world.Now);
        }
        // One of two is one too many: its silo hung while the other took its place, and goes on for a moment before it finds out.
        if (mind.GoneBy >= 0 && steps.MissedHeartbeats(mind.Record, trigger, world.Now))
        {
            world = world.With(on, Read(world, mind));
            mind = world[on];
            step = steps.Take(mind.Record, trigger, world.Now);
        }
        if (step.Durable && setting.StoreCompares && VersionOf(world.Row) != VersionOf(mind.Record))
            return new(world.With(on, Activation.None), false, step);
        promises.CheckStep(world, mind, steps.Triggers[trigger], step);
        if (step is { Durable: false, Repeated: true } && steps.Triggers[trigger] is TaskTrigger.Start)
            mind = mind with { LastSign = world.Now };
        if (!step.Durable)
            return new(world.With(on, RecordSign(mind with { Record = step.Record }, step, world.Now)), true, step);
        var row = steps.Stored(step.Record);
        promises.CheckCommit(world, mind, steps.Triggers[trigger], row);
        var committed = RecordSign(mind with { Record = step.Record, Contact = world.Now }, step, world.Now);
        return new(world.With(on, committed) with { Row = row }, true, step);
    }

    /// <summary>The silo dies, or the grain goes away.</summary>
    public static World Forget(World world, int on) => world.With(on, Activation.None);

    public World Load(World world, int on)
    {
        var other = world[1 - on];
        // The older one is the one too many.
        if (other.IsLoaded && other.GoneBy < 0) world = world.With(1 - on, other with { GoneBy = (short)(world.Now + setting.BothFor) });
        return world.With(on, Read(world, Activation.None));
    }

    private World Refresh(World world, int on)
    {
        var mind = world[on];
        return world.With(on, VersionOf(world.Row) == VersionOf(mind.Record) ? mind with { Contact = world.Now } : Read(world, mind));
    }

    private Activation Read(World world, Activation mind) => mind with
    {
        Record = world.Row == World.Nothing ? World.Nothing : steps.Take(world.Row, recovered, world.Now).Record,
        Contact = world.Now,
        LastSign = world.Now,
    };

    private Activation RecordSign(Activation mind, Taken step, short now)
    {
        var isRenewed = step.Directive is Directive.Continue or Directive.Cancel
            || (step.Durable && steps.Record(step.Record)!.State == TaskState.Running
                && steps.Record(step.Record)!.StartedAt == Setting.At(now));
        return isRenewed ? mind with { LastSign = now } : mind;
    }

    private TimeSpan AgeOf(Activation mind, short now) =>
        TimeSpan.FromSeconds(mind.Contact < 0 ? staleAfter : now - mind.Contact);

    private long VersionOf(int record) => steps.Record(record)?.Version ?? 0;
}
