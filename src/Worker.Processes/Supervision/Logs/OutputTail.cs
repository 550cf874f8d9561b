using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Processes.Supervision.Logs;

/// <summary>The newest output, within a bound; what falls out is counted. Not safe for two threads.</summary>
internal sealed class OutputTail(int capacity)
{
    private const int Overhead = 64;
    private readonly Queue<(OutputStream Stream, byte[] Bytes, long At)> kept = [];
    private long cost;

    /// <summary>Bytes that fell out, or were never put in.</summary>
    public long StdoutLost { get; private set; }
    public long StderrLost { get; private set; }

    public void Add(OutputStream stream, ReadOnlySpan<byte> bytes, long at)
    {
        if (bytes.Length > capacity)
        {
            CountLost(stream, bytes.Length - capacity);
            bytes = bytes[^capacity..];
        }
        kept.Enqueue((stream, bytes.ToArray(), at));
        cost += bytes.Length + Overhead;
        while (cost > capacity + Overhead && kept.TryDequeue(out var oldest))
        {
            cost -= oldest.Bytes.Length + Overhead;
            CountLost(oldest.Stream, oldest.Bytes.Length);
        }
    }

    public void CountLost(OutputStream stream, long bytes)
    {
        if (stream == OutputStream.Stdout)
            StdoutLost += bytes;
        else
            StderrLost += bytes;
    }

    /// <summary>What is kept, oldest first; nothing is kept or lost any more.</summary>
    public (OutputStream Stream, byte[] Bytes, long At)[] DequeueAll()
    {
        var all = kept.ToArray();
        kept.Clear();
        (cost, StdoutLost, StderrLost) = (0, 0, 0);
        return all;
    }
}
