using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Worker.Output;

/// <summary>
/// How much output goes into one call: more while the line is quick, little where it is slow or broke, so that a call is over long
/// before anybody gives it up.
/// </summary>
internal sealed class CallSize
{
    public const int Chunks = 200;
    public const int Largest = 15 * OutputPiece.Largest;
    public const int Smallest = OutputPiece.Largest;
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(3);

    public int Bytes { get; private set; } = 2 * OutputPiece.Largest;

    /// <summary>A call was answered.</summary>
    public void Answered(TimeSpan took)
    {
        if (took < Quick)
            Bytes = Math.Min(Bytes * 2, Largest);
        else if (took > Slow)
            Bytes = Math.Max(Bytes / 2, Smallest);
    }

    /// <summary>A call was not answered, or not now.</summary>
    public void Failed() => Bytes = Smallest;

    /// <summary>The chunks of the next call: at least one.</summary>
    public OutputChunk[] First(OutputChunk[] chunks)
    {
        long bytes = 0;
        var count = chunks.Take(Chunks).TakeWhile((chunk, index) => (bytes += chunk.Data.Length) <= Bytes || index == 0).Count();
        return count == chunks.Length ? chunks : chunks[..count];
    }
}
