using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Output;

/// <summary>
/// Bytes of one stream that follow each other, and when the first was printed (ms since the attempt began); grows to at most one chunk.
/// </summary>
internal sealed class PendingChunk(OutputStream stream, long elapsed)
{
    private const long LongestMilliseconds = 100;
    public const int Largest = 64 * 1024;
    private const int Smallest = 256;
    private const int Overhead = 64;
    private byte[] data = new byte[Smallest];

    public OutputStream Stream => stream;
    public long Elapsed => elapsed;
    public int Length { get; private set; }
    public ReadOnlySpan<byte> Bytes => data.AsSpan(0, Length);

    /// <summary>True when more of the stream, printed then, still belongs to it.</summary>
    public bool CanAppend(OutputStream more, long then) => more == stream && Length < Largest && then - elapsed < LongestMilliseconds;

    /// <summary>The bytes for good: nothing may be appended after it.</summary>
    public byte[] DetachBytes() => Length == data.Length ? data : Bytes.ToArray();

    /// <summary>Memory it takes, which for many tiny pieces is far more than their bytes.</summary>
    public int Cost => data.Length + Overhead;

    /// <summary>Appends what fits and returns how many bytes that was.</summary>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, Largest - Length);
        if (Length + count > data.Length)
            Array.Resize(ref data, Math.Min(Largest, Math.Max(data.Length * 2, Length + count)));
        bytes[..count].CopyTo(data.AsSpan(Length));
        Length += count;
        return count;
    }
}
