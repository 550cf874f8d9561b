using OpenClaw.Load.Measure;

namespace OpenClaw.Load.Modes;

/// <summary>Fake workers that run beside a measurement until it is over.</summary>
internal sealed class WorkerLoops : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IWorkerLoop> _workers = [];
    private readonly List<Task> _loops = [];
    private volatile Samples? _pickUp;

    public WorkerLoops(IEnumerable<IWorkerLoop> workers)
    {
        foreach (var worker in workers)
        {
            _workers.Add(worker);
            _loops.Add(worker.Run(() => _pickUp, _stop.Token));
        }
    }

    /// <summary>Where pick-ups are recorded; null: nowhere.</summary>
    public void Record(Samples? pickUp) => _pickUp = pickUp;

    /// <summary>A worker that failed spoils the run: say so instead of measuring less.</summary>
    public void ThrowIfBroken()
    {
        foreach (var loop in _loops)
            if (loop.IsFaulted) throw loop.Exception.GetBaseException();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var worker in _workers) worker.Dispose();
        _stop.Dispose();
    }
}
