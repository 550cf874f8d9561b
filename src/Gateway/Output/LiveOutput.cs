using System.Collections.Concurrent;
using System.Threading.Channels;
using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.Gateway.Output;

/// <summary>
/// The tasks somebody follows through this process, each with its feed. Publishing costs next to nothing while nobody follows.
/// </summary>
internal sealed class LiveOutput(IOutputLog log)
{
    private readonly ConcurrentDictionary<Guid, OutputFeed> feeds = new();
    private readonly Channel<bool> followed =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>What the feeds hold.</summary>
    public FeedBudget Budget { get; } = new();

    /// <summary>Tasks somebody follows.</summary>
    public IReadOnlyCollection<OutputFeed> Feeds => [.. feeds.Values];

    /// <summary>Output of a task became durable.</summary>
    public void PublishChunks(Guid task, IReadOnlyList<OutputChunk> chunks)
    {
        if (!feeds.IsEmpty && feeds.TryGetValue(task, out var feed)) feed.PublishChunks(chunks);
    }

    /// <summary>Begins to follow; dispose to end.</summary>
    public OutputWatch WatchTask(Guid task)
    {
        while (true)
        {
            var feed = feeds.GetOrAdd(task, static (id, budget) => new OutputFeed(id, budget), Budget);
            var watch = new OutputWatch(this, log, feed);
            if (!feed.TryAddWatch(watch)) continue;
            followed.Writer.TryWrite(true);
            return watch;
        }
    }

    /// <summary>Until somebody follows a task.</summary>
    public async Task WaitForFollower(CancellationToken cancellation)
    {
        while (feeds.IsEmpty) await followed.Reader.ReadAsync(cancellation);
    }

    internal void RemoveWatch(OutputWatch watch)
    {
        if (watch.Feed.RemoveWatch(watch)) feeds.TryRemove(new KeyValuePair<Guid, OutputFeed>(watch.Feed.Task, watch.Feed));
    }
}
