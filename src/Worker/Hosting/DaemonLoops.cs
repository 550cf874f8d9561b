using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Facts;
using OpenClaw.Worker.Polling;

namespace OpenClaw.Worker.Hosting;

/// <summary>The loops of one daemon, side by side: polls, heartbeats, ticks, facts.</summary>
internal sealed class DaemonLoops
{
    private static readonly TimeSpan AfterLoopError = TimeSpan.FromSeconds(1);
    private readonly DaemonContext daemon;
    private readonly OwnerControls owner;
    private readonly FactsLoop facts;
    private readonly (string Name, Func<CancellationToken, Task> Run)[] loops;

    public DaemonLoops(DaemonContext daemon, OwnerControls owner, ServerConnection server, PollLoop polls, UserEnvironment user)
    {
        (this.daemon, this.owner) = (daemon, owner);
        var (clock, log) = (daemon.Clock, daemon.Log);
        facts = new FactsLoop(server.Link, server.Sessions, owner.Pause, () => owner.Policy.Policy.QuietUntil(clock.GetLocalNow()),
            new FactReader(user, clock).ReadAll, clock);
        var ticks = new TickLoop(server.Heartbeats, polls, server.Attempts, CheckPolicy, clock, log);
        loops = [("poll", polls.RunUntilStopped), ("heartbeat", server.Heartbeats.RunUntilStopped), ("tick", ticks.RunUntilStopped),
            ("facts", facts.RunUntilStopped)];
    }

    /// <summary>Returns when the daemon ends.</summary>
    public Task RunUntilEnd() => Task.WhenAll(Array.ConvertAll(loops, loop => RunGuarded(loop.Name, loop.Run)));

    private async Task<bool> CheckPolicy()
    {
        var changed = await owner.Policy.CheckForChange();
        if (changed) facts.LookNow();
        return changed;
    }

    /// <summary>An exception in a loop is a bug; it is logged and the loop starts again, because a worker without it would hang.</summary>
    private async Task RunGuarded(string name, Func<CancellationToken, Task> loop)
    {
        while (!daemon.Ending.IsCancellationRequested)
        {
            try
            {
                await loop(daemon.Ending);
            }
            catch (OperationCanceledException)
            {
                // Ending: the condition above tells.
            }
            catch (Exception error)
            {
                daemon.Log.Fault($"the {name} loop", error);
                await Task.Delay(AfterLoopError, daemon.Clock, daemon.Ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
