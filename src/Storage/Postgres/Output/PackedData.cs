using K4os.Compression.LZ4;

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
