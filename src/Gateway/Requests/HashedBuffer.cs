using System.Buffers;
using System.Security.Cryptography;

namespace OpenClaw.Gateway.Requests;

/// <summary>Hashes what a writer writes, and keeps none of it.</summary>
internal sealed class HashedBuffer(IncrementalHash hash) : IBufferWriter<byte>
{
    private byte[] piece = new byte[16 * 1024];

    public void Advance(int count) => hash.AppendData(piece, 0, count);

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (piece.Length < sizeHint) piece = new byte[sizeHint];
        return piece;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
