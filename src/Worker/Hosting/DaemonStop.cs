using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Hosting;

/// <summary>How a daemon comes to its end: no new work, time for what runs, then an end for it, and time to report.</summary>
internal sealed class DaemonStop(DaemonContext daemon, ServerConnection server, AttemptHosting work)
{
    private static readonly TimeSpan LastReports = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastEnds = TimeSpan.FromSeconds(10);
    private readonly AttemptTable attempts = server.Attempts;

    /// <summary>The owner's order, which has time: until all have ended, or a signal.</summary>
    public async Task WaitForTasks(CancellationToken stop)
    {
        TakeNoMoreWork();
        daemon.Log.DrainAsked(attempts.Running);
        await WaitForAllEnded(Timeout.InfiniteTimeSpan, stop);
    }

    public async Task StopTasks()
    {
        TakeNoMoreWork();
        if (attempts.Running is > 0 and var running) daemon.Log.Draining(running);
        await WaitForAllEnded(daemon.Options.DrainTimeout);
        foreach (var attempt in attempts.Active)
            attempt.Stop.Request(StopReason.WorkerStopped, daemon.Options.StopGrace);
        await WaitForAllEnded(daemon.Options.StopGrace + LastReports);
        foreach (var attempt in attempts.Active)
            attempt.Stop.MarkOverdue();
        await WaitForAllEnded(LastEnds);
        if (server.Sessions.Known is not null) await Task.WhenAny(work.Runner.WaitForEnd(), Task.Delay(LastReports, daemon.Clock));
    }

    private void TakeNoMoreWork()
    {
        attempts.StopAccepting();
        work.Polls.Interrupt();
    }

    private async Task WaitForAllEnded(TimeSpan limit, CancellationToken cancellation = default)
    {
        var freed = new Signal();
        attempts.Freed += freed.Set;
        using var late = new CancellationTokenSource(limit, daemon.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        while (attempts.Active.Length > 0 && !either.IsCancellationRequested)
            await freed.Wait(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        attempts.Freed -= freed.Set;
    }
}
