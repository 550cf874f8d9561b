using System.Buffers.Binary;

namespace OpenClaw.Protocol.Attempts;

/// <summary>What stands before the bytes of a chunk in the binary form. <see cref="Stream"/>: 1 stdout, 2 stderr.</summary>
public readonly record struct OutputFrame(byte Stream, long Sequence, long Offset, long Length);

/// <summary>
/// The binary form of POST /worker/attempts/{id}/output: a frame for each chunk, one after the other, and the session in a header. A
/// frame is stream (1 byte), sequence (8), offset (8), length (4) and the bytes; numbers are big-endian.
/// </summary>
public static class OutputFrames
{
    /// <summary>Content-Type of the binary form.</summary>
    public const string MediaType = "application/octet-stream";
    /// <summary>Header that names the live session.</summary>
    public const string SessionHeader = "X-Session";
    /// <summary>Bytes before the data of a chunk.</summary>
    public const int HeadSize = 21;

    /// <summary>Bytes of a chunk on the wire.</summary>
    public static int SizeOf(OutputChunk chunk) => HeadSize + chunk.Data.Length;

    /// <summary>Writes what stands before the bytes of a chunk.</summary>
    public static void WriteHead(Span<byte> head, OutputChunk chunk)
    {
        head[0] = chunk.Stream == "stdout" ? (byte)1 : (byte)2;
        BinaryPrimitives.WriteInt64BigEndian(head[1..], chunk.Sequence);
        BinaryPrimitives.WriteInt64BigEndian(head[9..], chunk.Offset);
        BinaryPrimitives.WriteInt32BigEndian(head[17..], chunk.Data.Length);
    }

    /// <summary>Reads it; whether the numbers make sense is the reader's to say.</summary>
    public static OutputFrame ReadHead(ReadOnlySpan<byte> head) => new(
        head[0],
        BinaryPrimitives.ReadInt64BigEndian(head[1..]),
        BinaryPrimitives.ReadInt64BigEndian(head[9..]),
        BinaryPrimitives.ReadUInt32BigEndian(head[17..]));
}
