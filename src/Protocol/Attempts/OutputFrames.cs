using System.Buffers.Binary;
using OpenClaw.Protocol.Output;

namespace OpenClaw.Protocol.Attempts;

/// <summary>What stands before the bytes of a chunk in the binary form. <see cref="Stream"/>: 1 stdout, 2 stderr.</summary>
public readonly record struct OutputFrame(byte Stream, long Sequence, long Offset, long Length, long? Elapsed = null);

/// <summary>
/// The binary form of POST /worker/attempts/{id}/output: a frame for each chunk, one after the other, and the session in a header. A
/// frame is stream (1 byte), sequence (8), offset (8), length (4) and the bytes; numbers are big-endian. With 16 added to the stream the
/// time stands before the bytes (8): ms since the attempt began.
/// </summary>
public static class OutputFrames
{
    /// <summary>Content-Type of the binary form.</summary>
    public const string MediaType = "application/octet-stream";
    /// <summary>Header that names the live session.</summary>
    public const string SessionHeader = "X-Session";
    /// <summary>Bytes before the data of a chunk without a time.</summary>
    public const int HeadSize = 21;
    /// <summary>Bytes before the data of a chunk with its time.</summary>
    public const int TimedHeadSize = HeadSize + 8;
    private const byte Timed = 16;

    /// <summary>Bytes of a chunk on the wire.</summary>
    public static int GetSize(OutputChunk chunk) => GetHeadSize(chunk) + chunk.Data.Length;

    /// <summary>Bytes before the data of a frame that begins with this byte.</summary>
    public static int GetHeadSize(byte first) => first is Timed + 1 or Timed + 2 ? TimedHeadSize : HeadSize;

    /// <summary>Writes what stands before the bytes of a chunk; says how much that is.</summary>
    public static int WriteHead(Span<byte> head, OutputChunk chunk)
    {
        head[0] = (byte)((chunk.Stream == StreamNames.Stdout ? 1 : 2) + (chunk.Elapsed is null ? 0 : Timed));
        BinaryPrimitives.WriteInt64BigEndian(head[1..], chunk.Sequence);
        BinaryPrimitives.WriteInt64BigEndian(head[9..], chunk.Offset);
        BinaryPrimitives.WriteInt32BigEndian(head[17..], chunk.Data.Length);
        if (chunk.Elapsed is { } elapsed) BinaryPrimitives.WriteInt64BigEndian(head[HeadSize..], elapsed);
        return GetHeadSize(chunk);
    }

    /// <summary>Reads it; whether the numbers make sense is the reader's to say.</summary>
    public static OutputFrame ReadHead(ReadOnlySpan<byte> head)
    {
        var timed = GetHeadSize(head[0]) == TimedHeadSize;
        return new(
            timed ? (byte)(head[0] - Timed) : head[0],
            BinaryPrimitives.ReadInt64BigEndian(head[1..]),
            BinaryPrimitives.ReadInt64BigEndian(head[9..]),
            BinaryPrimitives.ReadUInt32BigEndian(head[17..]),
            timed ? BinaryPrimitives.ReadInt64BigEndian(head[HeadSize..]) : null);
    }

    private static int GetHeadSize(OutputChunk chunk) => chunk.Elapsed is null ? HeadSize : TimedHeadSize;
}
