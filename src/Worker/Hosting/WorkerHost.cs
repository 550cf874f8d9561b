using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Control;

namespace OpenClaw.Worker.Hosting;

/// <summary>One daemon: composes its parts, runs its loops side by side, and takes them down in order.</summary>
internal sealed class WorkerHost : IDisposable
{
    private readonly DaemonContext daemon;
    private readonly OwnerControls owner;
    private readonly ServerConnection server;
    private readonly AttemptHosting work;
    private readonly DaemonLoops loops;
    private readonly ControlServer? control;
    private readonly CancellationTokenSource ending = new();

    public WorkerHost(WorkerOptions options, StartupResources resources, TimeProvider clock, WorkerLog log)
    {
        daemon = new DaemonContext(options, resources, clock, log) { Ending = ending.Token };
        var executors = new InstalledExecutors(daemon);
        owner = new OwnerControls(daemon, executors.User);
        server = new ServerConnection(daemon, owner, executors);
        work = new AttemptHosting(daemon, owner, server, executors);
        loops = new DaemonLoops(daemon, owner, server, work.Polls, executors.User);
        work.ResumeKept();
        control = ControlHosting.Open(daemon, owner, server, work);
    }

    /// <summary>Before it works: what the daemon before began is held when the session is opened, and goes on then.</summary>
    public void ResumeRecovered(IReadOnlyList<RecoveredAttempt> recovered)
    {
        foreach (var attempt in recovered)
            work.Runner.ResumeRecovered(attempt);
    }

    public async Task<int> RunUntilStopped(CancellationToken stop)
    {
        if (daemon.Resources.Identity.RenamedFrom is { } before)
            daemon.Log.Renamed(before, daemon.Options.Name, server.Attempts.HeldIds.Length);
        work.Runner.StartDeferred();
        var running = loops.RunUntilEnd();
        await WaitForAny(stop, owner.Drain.Asked);
        var end = new DaemonStop(daemon, server, work);
        if (owner.Drain.Asked.IsCancellationRequested) await end.WaitForTasks(stop);
        await end.StopTasks();
        await ending.CancelAsync();
        await running;
        await work.Runner.WaitForEnd();
        await server.SayGoodbye();
        owner.Drain.MarkEnded();
        if (control is not null) await control.DisposeAsync();
        daemon.Log.Stopped();
        return ExitCodes.Stopped;
    }

    public void Dispose()
    {
        server.Dispose();
        owner.Dispose();
        ending.Dispose();
    }

    private static async Task WaitForAny(params CancellationToken[] any)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(any);
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = either.Token.Register(() => fired.TrySetResult());
        await fired.Task;
    }
}
