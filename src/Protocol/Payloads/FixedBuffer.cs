using System.Buffers;

namespace OpenClaw.Protocol.Payloads;

/// <summary>Takes what a writer writes piece by piece, into an array of exactly that size; null: only counts.</summary>
internal sealed class FixedBuffer(byte[]? target) : IBufferWriter<byte>
{
    private byte[] piece = new byte[128 * 1024];

    /// <summary>Bytes so far.</summary>
    public int Written { get; private set; }

    public void Advance(int count)
    {
        if (target is not null) piece.AsSpan(0, count).CopyTo(target.AsSpan(Written));
        Written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (piece.Length < sizeHint) piece = new byte[sizeHint];
        return piece;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
