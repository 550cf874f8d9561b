using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Exploration;

/// <summary>Something that can happen, and the world after it.</summary>
/// <param name="What">In a word.</param>
/// <param name="On">Which activation was called; <see cref="World.Nothing"/>: none.</param>
/// <param name="About">Number of an attempt, or of a trigger.</param>
/// <param name="Next">The world after it.</param>
internal readonly record struct Move(string What, int On, int About, World Next);

/// <summary>Everything that can happen next: each call on each activation, answered or not, late ones, deaths, and time.</summary>
internal sealed partial class Moves
{
    private readonly Setting setting;
    private readonly StepMemory steps;
    private readonly Servers servers;
    private readonly Promises promises;
    private readonly Interned<Daemon> daemons;
    private readonly int submit;
    private readonly int cancel;
    private readonly int tick;
    private readonly List<Move> found = [];
    private string making = "";
    private int about = World.Nothing;

    public Moves(Setting setting, StepMemory steps, Interned<Daemon> daemons)
    {
        (this.setting, this.steps, this.daemons) = (setting, steps, daemons);
        promises = new Promises(setting, steps, daemons);
        servers = new Servers(setting, steps, promises);
        submit = steps.Triggers.Number(new TaskTrigger.Submit(Guid.Empty, setting.Spec, Setting.Client));
        cancel = steps.Triggers.Number(new TaskTrigger.Cancel(Setting.Client));
        tick = steps.Triggers.Number(TaskTrigger.Tick.Instance);
    }

    /// <summary>Nobody has said anything yet.</summary>
    public World Beginning => new(
        World.Nothing, Activation.None, Activation.None, this.daemons.Number(new Daemon(1, false, Slot.Empty, Slot.Empty)), 0, 0,
        World.Nothing, World.Nothing, ClientKnows.Nothing);

    /// <summary>The move that is being made: what a broken promise is a consequence of.</summary>
    public string Making => this.about >= 0 ? $"{making} {this.steps.Triggers[this.about]}" : making;

    /// <summary>All moves from a world; the list is used again. Throws <see cref="BrokenPromise"/>.</summary>
    public List<Move> From(World world)
    {
        found.Clear();
        for (var on = 0; on < 2; on++)
        {
            // Two that remember nothing are the same.
            if (on == 1 && world.One == world.Two) break;
            ClientMoves(world, on);
            if (world.Row != World.Nothing)
            {
                DaemonMoves(world, on);
                Add("tick", on, tick, Send(world, on, tick).World);
            }
            if (world.Lingering >= 0) Arrive(world with { Lingering = World.Nothing }, on, world.Lingering);
            if (world.AlsoLingering >= 0) Arrive(world with { AlsoLingering = World.Nothing }, on, world.AlsoLingering);
            if (world[on].IsLoaded) Fault("is forgotten", on, World.Nothing, Servers.Forget(world, on));
        }
        if (world.Lingering >= 0) Add("a late call is lost", World.Nothing, world.Lingering, world with { Lingering = World.Nothing });
        DaemonAlone(world);
        TimePasses(world);
        return found;
    }

    public void Check(World world) => promises.CheckWorld(world);

    private void ClientMoves(World world, int on)
    {
        if (!world.Client.HasFlag(ClientKnows.Accepted))
        {
            var submitted = Send(world, on, submit);
            Fault("submit, unanswered", on, submit, submitted.World);
            if (submitted is { Answered: true, Step.Rejection: Rejection.None })
                Add("submit", on, submit, submitted.World with { Client = world.Client | ClientKnows.Accepted });
            Linger(world, on, submit);
            return;
        }
        if (this.steps.Record(world.Row)!.State.IsEnd()) return;
        var cancelled = Send(world, on, cancel);
        Fault("cancel, unanswered", on, cancel, cancelled.World);
        Linger(world, on, cancel);
        if (!cancelled.Answered || cancelled.Step.Rejection != Rejection.None) return;
        var isUnbegun = this.steps.Record(cancelled.Step.Record) is { State: TaskState.Cancelled, StartedAt: null };
        if (isUnbegun) Add("cancel", on, cancel, cancelled.World with { Client = world.Client | ClientKnows.CancelledBeforeStart });
    }

    private void Arrive(World world, int on, int trigger) => Add("a late call arrives", on, trigger, Send(world, on, trigger).World);

    /// <summary>The call is on its way, and its caller does not wait for it any more: it will call again.</summary>
    private void Linger(World world, int on, int trigger)
    {
        if (on != 0 || world.Lingering == trigger || world.AlsoLingering == trigger) return;
        if (world.Lingering < 0) Fault("is late", World.Nothing, trigger, world with { Lingering = trigger });
        else if (this.setting.MostLingering > 1 && world.AlsoLingering < 0)
            Fault("is late", World.Nothing, trigger, world with { AlsoLingering = trigger });
    }

    private Called Send(World world, int on, int trigger)
    {
        (making, this.about) = (on == 0 ? "on the one" : "on the other", trigger);
        return servers.Call(world, on, trigger);
    }

    /// <summary>Something went wrong: so much as may still.</summary>
    private void Fault(string what, int on, int about, World next)
    {
        if (next.Faults < this.setting.MostFaults) Add(what, on, about, next with { Faults = (byte)(next.Faults + 1) });
    }

    private void Add(string what, int on, int about, World next) => found.Add(new Move(what, on, about, next.Canonical()));
}
