using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Output;

/// <summary>
/// How much output goes into one call: more while the line is quick, little where it is slow or broke, so that a call is over long
/// before anybody gives it up; and never more than comes through.
/// </summary>
internal sealed class CallSize(BodyLimit limit)
{
    public const int Chunks = 200;
    public const int Largest = 15 * PendingChunk.Largest;
    public const int Smallest = PendingChunk.Largest;
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(3);

    private int wanted = 2 * PendingChunk.Largest;

    /// <summary>What the next call may hold.</summary>
    public int Bytes => Math.Min(wanted, limit.Bytes);

    /// <summary>What one chunk may hold; a larger one has to be split.</summary>
    public int Most => limit.Bytes;

    /// <summary>Quick answers make calls larger, slow ones smaller.</summary>
    public void RecordAnswer(TimeSpan took)
    {
        if (took < Quick)
            wanted = Math.Min(wanted * 2, Largest);
        else if (took > Slow)
            wanted = Math.Max(wanted / 2, Smallest);
    }

    /// <summary>A call was not answered, or not now.</summary>
    public void RecordFailure() => wanted = Smallest;

    /// <summary>The chunks of the next call: at least one.</summary>
    public OutputChunk[] SelectChunks(OutputChunk[] chunks)
    {
        var (bytes, most) = (0L, Bytes);
        var count = chunks.Take(Chunks).TakeWhile((chunk, index) => (bytes += chunk.Data.Length) <= most || index == 0).Count();
        return count == chunks.Length ? chunks : chunks[..count];
    }
}
