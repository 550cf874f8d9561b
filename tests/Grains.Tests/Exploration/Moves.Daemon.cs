using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Exploration;

// A daemon as docs/worker.md has it: journal, ask, start the program, renew, spool, report.
internal sealed partial class Moves
{
    private void DaemonMoves(World world, int on)
    {
        var daemon = daemons[world.Daemon];
        if (daemon.Opening)
        {
            OpenSession(world, on, daemon);
            return;
        }
        if (daemon.First.Phase != Phase.Offered && daemon.Second.Phase != Phase.Offered) Poll(world, on, daemon);
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var slot = daemon[attempt];
            if (slot.Phase is Phase.Offered or Phase.Allowed) AskToStart(world, on, daemon, attempt);
            if (slot.HasProcess) Beat(world, on, daemon, attempt);
            if (slot.Phase == Phase.Ended) Report(world, on, daemon, attempt);
        }
    }

    /// <summary>What the daemon does without a server: programs end, a yes is used, it dies.</summary>
    private void DaemonAlone(World world)
    {
        var daemon = daemons[world.Daemon];
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var slot = daemon[attempt];
            if (slot.Phase == Phase.Allowed && world.Now - slot.Since <= Promises.StartLasts) Spawn(world, daemon, attempt, slot.Since);
            if (slot.Phase == Phase.Running)
            {
                End(world, daemon, attempt, OutcomeKind.Succeeded);
                if (setting.MaxAttempts > 1) End(world, daemon, attempt, OutcomeKind.Failed);
            }
            else if (slot.Phase == Phase.Stopping) End(world, daemon, attempt, slot.Kind);
        }
        if (daemon.Epoch >= setting.MostSessions || world.Row == World.Nothing) return;
        if (world.Faults >= setting.MostFaults) return;
        world = world with { Faults = (byte)(world.Faults + 1) };
        var next = daemon with { Epoch = (byte)(daemon.Epoch + 1), Opening = true };
        Become("the daemon dies with its programs", world, next with { First = Died(daemon.First), Second = Died(daemon.Second) });
        if (daemon.First.HasProcess || daemon.Second.HasProcess)
            Become("the daemon dies, its programs live", world,
                next with { First = Survived(daemon.First), Second = Survived(daemon.Second) });
    }

    /// <summary>It opens a session and names what it holds; what it does not name is given up.</summary>
    private void OpenSession(World world, int on, Daemon daemon)
    {
        var opened = world with { Daemon = daemons.Number(daemon with { Opening = false }) };
        var held = Enumerable.Range(1, 2).Where(n => daemon[n].HasProcess || daemon[n].Phase == Phase.Ended);
        var row = steps.Record(world.Row)!;
        if (row.State != TaskState.Running || held.Contains(row.Attempt) || row.Epoch >= daemon.Epoch)
        {
            Add("a session is opened", World.Nothing, daemon.Epoch, opened);
            return;
        }
        var trigger = steps.Triggers.Number(new TaskTrigger.HolderRestarted(Setting.Worker, row.Epoch + 1));
        Linger(world, on, trigger);
        var called = Send(world, on, trigger);
        Fault("a session is opened, unanswered", on, trigger, called.World);
        if (called.Answered) Add("a session is opened", on, trigger, called.World with { Daemon = opened.Daemon });
    }

    private void Poll(World world, int on, Daemon daemon)
    {
        var trigger = steps.Triggers.Number(new TaskTrigger.Offer(Setting.HolderOf(daemon.Epoch)));
        var called = Send(world, on, trigger);
        Fault("offer, unanswered", on, trigger, called.World);
        if (!called.Answered || called.Step.Rejection != Rejection.None) return;
        var attempt = steps.Record(called.Step.Record)!.Attempt + 1;
        if (attempt > 2 || daemon[attempt].Phase != Phase.None) return;
        Add("offer", on, attempt,
            called.World with { Daemon = daemons.Number(daemon.With(attempt, daemon[attempt] with { Phase = Phase.Offered })) });
    }

    private void AskToStart(World world, int on, Daemon daemon, int attempt)
    {
        var trigger = steps.Triggers.Number(new TaskTrigger.Start(Setting.HolderOf(daemon.Epoch), attempt));
        Linger(world, on, trigger);
        var called = Send(world, on, trigger);
        if (!called.Answered || called.Step.Rejection != Rejection.None)
        {
            // Refused: the offer is dropped. A write that met another one is no answer.
            if (!called.Answered) Fault("start, unanswered", on, attempt, called.World);
            else Become("start, refused", called.World, daemon.With(attempt, Slot.Empty));
            return;
        }
        Become("start, the yes on its way", called.World,
            daemon.With(attempt, daemon[attempt] with { Phase = Phase.Allowed, Since = world.Now }));
        Spawn(called.World, daemon, attempt, world.Now);
    }

    private void Spawn(World world, Daemon daemon, int attempt, short asked)
    {
        (making, about) = (attempt == 1 ? "spawn of attempt 1" : "spawn of attempt 2", World.Nothing);
        promises.CheckSpawn(world, daemon, attempt);
        Become("spawn", world,
            daemon.With(attempt,
                daemon[attempt] with { Phase = Phase.Running, Since = World.Nothing, Spawned = world.Now, Renewed = asked }));
    }

    private void Beat(World world, int on, Daemon daemon, int attempt)
    {
        var trigger = steps.Triggers.Number(new TaskTrigger.Heartbeat(Setting.HolderOf(daemon.Epoch), attempt));
        var called = Send(world, on, trigger);
        Fault("heartbeat, unanswered", on, attempt, called.World);
        // The one too many hangs: what it answers when it goes on is of too long ago to renew anything.
        if (!called.Answered || world[on].GoneBy >= 0) return;
        var slot = daemon[attempt];
        var isRunning = slot.Phase == Phase.Running;
        var next = called.Step.Directive switch
        {
            Directive.Continue => slot with { Renewed = world.Now },
            Directive.Cancel when isRunning => slot with { Phase = Phase.Stopping, Since = world.Now, Kind = OutcomeKind.Cancelled },
            Directive.Superseded when isRunning => slot with { Phase = Phase.Stopping, Since = world.Now, Kind = OutcomeKind.None },
            _ => slot,
        };
        if (next != slot) Become("heartbeat", called.World, daemon.With(attempt, next));
    }

    private void Report(World world, int on, Daemon daemon, int attempt)
    {
        var slot = daemon[attempt];
        var outcome = new AttemptOutcome { Kind = slot.Kind, Attempt = attempt };
        var trigger = steps.Triggers.Number(new TaskTrigger.Finish(Setting.HolderOf(daemon.Epoch), outcome, Setting.Client));
        Linger(world, on, trigger);
        var called = Send(world, on, trigger);
        Fault("result, unanswered", on, attempt, called.World);
        if (!called.Answered) return;
        var isTaken = called.Step.Rejection == Rejection.None;
        Become("result", called.World,
            daemon.With(attempt, slot with { Phase = Phase.Over, Since = World.Nothing, Acknowledged = isTaken }));
    }

    /// <summary>Nobody wants to know how what was superseded ended.</summary>
    private void End(World world, Daemon daemon, int attempt, OutcomeKind kind) => Become(
        "a program ends", world, daemon.With(attempt, Ended(daemon[attempt], kind)));

    private static Slot Ended(Slot slot, OutcomeKind kind) => slot with
    {
        Phase = kind == OutcomeKind.None ? Phase.Over : Phase.Ended,
        Since = World.Nothing,
        Renewed = World.Nothing,
        Kind = kind,
    };

    private static Slot Died(Slot slot) => slot.Phase switch
    {
        Phase.Offered or Phase.Allowed => Slot.Empty,
        Phase.Running or Phase.Stopping => Ended(slot, OutcomeKind.None),
        _ => slot,
    };

    private static Slot Survived(Slot slot) => slot.HasProcess ? slot : Died(slot);

    private void Become(string what, World world, Daemon daemon) =>
        Add(what, World.Nothing, daemon.Epoch, world with { Daemon = daemons.Number(daemon) });
}
