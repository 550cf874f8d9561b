using K4os.Compression.LZ4;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Storage.Postgres.GroupCommit;

namespace OpenClaw.Storage.Postgres.Output;

/// <summary>The bytes of a chunk as they are stored: lz4 where that makes them smaller by a sixteenth, else as they are.</summary>
internal static class PackedData
{
    private const int Smallest = 64;

    public static (ReadOnlyMemory<byte> Data, bool Packed) Pack(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < Smallest) return (bytes, false);
        var packed = GC.AllocateUninitializedArray<byte>(bytes.Length - (bytes.Length / 16));
        var length = LZ4Codec.Encode(bytes.Span, packed);
        return length > 0 ? (packed.AsMemory(0, length), true) : (bytes, false);
    }

    public static ReadOnlyMemory<byte> Unpack(byte[] data, bool packed, int length)
    {
        if (!packed) return data;
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        var written = LZ4Codec.Decode(data, bytes);
        return written == length ? bytes : throw new InvalidDataException("A stored chunk of output can't be unpacked.");
    }
}

/// <summary>A chunk as its row has it, but for the task and the attempt.</summary>
internal sealed record PackedChunk(OutputChunk Chunk, byte[] Data, bool IsPacked)
{
    public static PackedChunk FromChunk(OutputChunk chunk)
    {
        var (data, packed) = PackedData.Pack(chunk.Data);
        return new(chunk, data.ToArray(), packed);
    }

    /// <summary>Sequence, stream, position, length, at, packed, data and elapsed.</summary>
    public void WriteColumns(ref ArrayRowWriter row)
    {
        row.AddLong(Chunk.Sequence);
        row.AddShort((int)Chunk.Stream);
        row.AddLong(Chunk.Offset);
        row.AddInt(Chunk.Data.Length);
        row.AddTime(Chunk.At);
        row.AddFlag(IsPacked);
        row.AddBytes(Data);
        row.AddLong(Chunk.Elapsed);
    }
}
