using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Hosting;
using OpenClaw.Worker;

namespace OpenClaw.Standalone;

/// <summary>The worker of this PC, in this process: the same daemon as everywhere, over loopback HTTP.</summary>
internal sealed class LocalWorker : IAsyncDisposable
{
    /// <summary>Longest wait for a drain that should take a second or two.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);
    private readonly CancellationTokenSource stop = new();
    private readonly TimeProvider clock;
    private readonly Task watch;

    private LocalWorker(WorkerOptions options, IServiceProvider services)
    {
        clock = services.GetRequiredService<TimeProvider>();
        watch = RunDaemon(options, services.GetRequiredService<ILogger<LocalWorker>>());
    }

    /// <summary>Returns once the worker's session is open: from then on it takes work. Or at the stop, though it is not.</summary>
    public static async Task<LocalWorker> Start(WorkerOptions options, IServiceProvider services, CancellationToken stopping)
    {
        var began = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var itself = services.GetRequiredService<IGrainFactory>().GetGrain<IWorkerGrain>(GrainKeys.ForWorker("default", options.Name));
        var worker = new LocalWorker(options, services);
        while (!worker.watch.IsCompleted && !stopping.IsCancellationRequested && !((await itself.Get())?.LastSeen >= began))
            await Task.Delay(LookAgain, worker.clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!worker.watch.IsCompleted || stopping.IsCancellationRequested) return worker;
        await worker.watch;
        throw new StartupException(
            StartupException.Worker, "The local worker did not start. --no-worker starts without one.");
    }

    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested) return;
        await stop.CancelAsync();
        await Task.WhenAny(watch, Task.Delay(StopLimit, clock));
    }

    private async Task RunDaemon(WorkerOptions options, ILogger logger)
    {
        await using var lines = new WorkerLines(logger);
        // Its own thread from the start: the daemon looks at its folder before it first waits.
        await Task.Run(() => WorkerDaemon.RunUntilStopped(options, lines, stop.Token));
        if (!stop.IsCancellationRequested) logger.WorkerEnded(lines.JoinLastLines());
    }
}
