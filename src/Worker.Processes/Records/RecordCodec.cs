using System.Buffers.Binary;
using System.Numerics;

namespace OpenClaw.Worker.Processes.Records;

/// <summary>How a place in a file of records reads.</summary>
internal enum RecordStatus
{
    Whole,
    End,
    /// <summary>The file ends within a record: it is being written, or was when everything stopped.</summary>
    Torn,
    /// <summary>The bytes are not those that were written; the length may still be right.</summary>
    Damaged,
    /// <summary>Not even the length can be right: nothing behind this place can be read.</summary>
    Lost,
}

/// <summary>
/// The form of the worker's own append-only files. A header: four letters of the kind of file, then the version of its format. Then
/// records: length of the payload (4 bytes), CRC-32C of type and payload (4), type (1), payload. All little-endian.
/// </summary>
internal static class RecordCodec
{
    public const int HeaderSize = 8;
    public const int HeadSize = 9;
    public const int LargestPayload = 64 * 1024 * 1024;

    public static byte[] EncodeHeader(uint kind, uint version)
    {
        var header = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, kind);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), version);
        return header;
    }

    /// <summary>The version in a header; null when it is none of this kind.</summary>
    public static uint? ReadVersion(ReadOnlySpan<byte> file, uint kind) =>
        file.Length >= HeaderSize && BinaryPrimitives.ReadUInt32LittleEndian(file) == kind
            ? BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) : null;

    public static byte[] Encode(byte type, ReadOnlySpan<byte> payload)
    {
        var record = new byte[HeadSize + payload.Length];
        payload.CopyTo(record.AsSpan(HeadSize));
        WriteHead(record, type, payload.Length);
        return record;
    }

    /// <summary>Completes a record whose payload is in its place already.</summary>
    public static void WriteHead(Span<byte> record, byte type, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, length);
        record[8] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], ComputeChecksum(record.Slice(8, length + 1)));
    }

    /// <summary>Reads what begins here; the size of the whole record where that is known.</summary>
    public static RecordStatus Decode(ReadOnlySpan<byte> bytes, out byte type, out ReadOnlySpan<byte> payload, out int size)
    {
        (type, size) = (0, 0);
        payload = default;
        if (bytes.Length < HeadSize) return bytes.IsEmpty ? RecordStatus.End : RecordStatus.Torn;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is < 0 or > LargestPayload) return RecordStatus.Lost;
        if (bytes.Length < HeadSize + length) return RecordStatus.Torn;
        size = HeadSize + length;
        type = bytes[8];
        payload = bytes.Slice(HeadSize, length);
        return ComputeChecksum(bytes.Slice(8, length + 1)) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..])
            ? RecordStatus.Whole : RecordStatus.Damaged;
    }

    /// <summary>CRC-32C; the processor has an instruction for it.</summary>
    public static uint ComputeChecksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }
}
