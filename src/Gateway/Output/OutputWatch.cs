using System.Threading.Channels;
using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.Gateway.Output;

/// <summary>One reader's place: where it waits, and where it reads. Holds one flag, however much happens.</summary>
internal sealed class OutputWatch(LiveOutput live, IOutputLog log, OutputFeed feed) : IDisposable
{
    private readonly Channel<bool> flag =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public OutputFeed Feed => feed;

    public void WakeReader() => flag.Writer.TryWrite(true);

    /// <summary>Until it is raised; at once when it was raised since the last wait.</summary>
    public async ValueTask WaitForWake(CancellationToken cancellation) => await flag.Reader.ReadAsync(cancellation);

    /// <summary>
    /// Chunks of both streams from a sequence, from memory when it has them, else from the store; none when there is nothing newer.
    /// What went through another gateway a moment ago may be missed, unless it must be <paramref name="certain"/>.
    /// </summary>
    public async ValueTask<IReadOnlyList<OutputChunk>> ReadChunks(
        int attempt, long sequence, int maxBytes, bool certain, CancellationToken cancellation)
    {
        var kept = feed.ReadChunks(attempt, sequence, maxBytes);
        if (kept is { Count: > 0 } || (kept is not null && !certain)) return kept;
        var chunks = await log.ReadChunks(feed.Task, attempt, null, sequence, maxBytes, cancellation);
        if (chunks.Count == 0) feed.AdvanceTo(attempt, sequence);
        return chunks;
    }

    public void Dispose() => live.RemoveWatch(this);
}
