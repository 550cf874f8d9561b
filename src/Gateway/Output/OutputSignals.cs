using System.Collections.Concurrent;
using System.Threading.Channels;

namespace OpenClaw.Gateway.Output;

/// <summary>
/// Tells the readers of a task in this process that there is something new: a hint, never the news itself. Raising costs next
/// to nothing while nobody reads.
/// </summary>
internal sealed class OutputSignals
{
    private readonly ConcurrentDictionary<Guid, OutputWatch[]> watched = new();

    /// <summary>Output of a task became durable.</summary>
    public void Raise(Guid task)
    {
        if (watched.IsEmpty || !watched.TryGetValue(task, out var watches)) return;
        foreach (var watch in watches) watch.Raise();
    }

    /// <summary>Begins to listen; dispose to end.</summary>
    public OutputWatch Watch(Guid task)
    {
        var watch = new OutputWatch(this, task);
        watched.AddOrUpdate(task, static (_, one) => [one], static (_, others, one) => [.. others, one], watch);
        return watch;
    }

    internal void Forget(OutputWatch watch)
    {
        while (watched.TryGetValue(watch.Task, out var watches))
        {
            OutputWatch[] left = [.. watches.Where(other => other != watch)];
            var done = left.Length == 0
                ? watched.TryRemove(new KeyValuePair<Guid, OutputWatch[]>(watch.Task, watches))
                : watched.TryUpdate(watch.Task, left, watches);
            if (done) return;
        }
    }

    /// <summary>Tasks somebody listens to.</summary>
    internal int Count => watched.Count;
}

/// <summary>One reader's place to wait. Holds one flag, however much happens.</summary>
internal sealed class OutputWatch(OutputSignals signals, Guid task) : IDisposable
{
    private readonly Channel<bool> flag =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public Guid Task => task;

    public void Raise() => flag.Writer.TryWrite(true);

    /// <summary>Until it is raised; at once when it was raised since the last wait.</summary>
    public async ValueTask Wait(CancellationToken cancellation) => await flag.Reader.ReadAsync(cancellation);

    public void Dispose() => signals.Forget(this);
}
