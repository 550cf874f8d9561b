using OpenClaw.Load.Measure;

namespace OpenClaw.Load.Modes;

/// <summary>Fake workers that run beside a measurement until it is over.</summary>
internal sealed class WorkerLoops : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<IWorkerLoop> workers = [];
    private readonly List<Task> loops = [];
    private volatile Samples? pickUp;

    public WorkerLoops(IEnumerable<IWorkerLoop> workers)
    {
        foreach (var worker in workers)
        {
            this.workers.Add(worker);
            loops.Add(worker.Run(() => this.pickUp, stop.Token));
        }
    }

    /// <summary>Where pick-ups are recorded; null: nowhere.</summary>
    public void Record(Samples? pickUp) => this.pickUp = pickUp;

    /// <summary>A worker that failed spoils the run: say so instead of measuring less.</summary>
    public void ThrowIfBroken()
    {
        foreach (var loop in loops)
            if (loop.IsFaulted) throw loop.Exception.GetBaseException();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var worker in this.workers) worker.Dispose();
        stop.Dispose();
    }
}
