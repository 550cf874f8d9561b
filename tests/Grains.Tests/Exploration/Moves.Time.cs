using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Exploration;

// Time goes on to the next moment at which something is due anywhere, or by a heartbeat's interval.
internal sealed partial class Moves
{
    private const int Heartbeat = 15;

    private void TimePasses(World world)
    {
        if (world.Row == World.Nothing) return;
        (making, about) = ("time passes", World.Nothing);
        var next = NextMoment(world);
        if (next is { } due) Add("time passes to what is due", World.Nothing, due, At(world, due));
        if ((next is null || next > world.Now + Heartbeat)
            && daemons[world.Daemon] is { First.HasProcess: true } or { Second.HasProcess: true })
            Add("15 s pass", World.Nothing, world.Now + Heartbeat, At(world, world.Now + Heartbeat));
    }

    private int? NextMoment(World world)
    {
        int? next = null;
        for (var on = 0; on < 2; on++)
        {
            if (world[on].Record < 0) continue;
            var record = steps.Records[world[on].Record];
            Consider(TaskObligations.GetNextDue(record, Setting.At(world.Now), setting.Options));
            Consider(TaskObligations.GetTimerAt(record, Setting.At(world.Now), setting.Options));
            if (world[on].GoneBy >= 0) ConsiderSecond(world[on].GoneBy);
        }
        Consider(steps.Records[world.Row].WakeAt);
        Consider(steps.Records[world.Row].NotBefore);
        var daemon = daemons[world.Daemon];
        for (var attempt = 1; attempt <= 2; attempt++)
            if (daemon[attempt].HasProcess) ConsiderSecond(EndsBy(daemon[attempt]));
        return next;

        void Consider(DateTimeOffset? moment)
        {
            if (moment is { } at) ConsiderSecond((int)Math.Ceiling((at - Setting.T0).TotalSeconds));
        }

        void ConsiderSecond(int second)
        {
            if (second > world.Now && (next is null || second < next)) next = second;
        }
    }

    /// <summary>By when the daemon's own clocks stop the program, or have it gone.</summary>
    private int EndsBy(Slot slot)
    {
        if (slot.Phase == Phase.Stopping) return slot.Since + Setting.KillGrace;
        var timeout = slot.Spawned + setting.Timeout;
        return setting.MaxAttempts > 1 ? Math.Min(timeout, slot.Renewed + setting.DaemonLease + setting.LooksLate) : timeout;
    }

    private World At(World world, int second)
    {
        var daemon = daemons[world.Daemon];
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var slot = daemon[attempt];
            if (!slot.HasProcess || EndsBy(slot) > second) continue;
            if (slot.Phase == Phase.Stopping) daemon = daemon.With(attempt, Ended(slot, slot.Kind));
            else daemon = daemon.With(attempt, slot with
            {
                Phase = Phase.Stopping,
                Since = (short)second,
                Kind = slot.Spawned + setting.Timeout <= second ? OutcomeKind.TimedOut : OutcomeKind.Lost,
            });
        }
        var then = world with { Now = (short)second, Daemon = daemons.Number(daemon) };
        for (var on = 0; on < 2; on++)
        {
            if (then[on].GoneBy >= 0 && then[on].GoneBy <= second) then = Servers.Forget(then, on);
            if (then[on].Contact >= 0 && second - then[on].Contact >= setting.Options.StaleAfter.TotalSeconds)
                then = then.With(on, then[on] with { Contact = World.Nothing });
        }
        return then;
    }
}
