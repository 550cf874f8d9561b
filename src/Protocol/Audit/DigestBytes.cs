using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OpenClaw.Protocol.Audit;

/// <summary>
/// The bytes that a digest is of. Numbers have the most significant byte first; whatever can be missing or long goes in with its length, so
/// that no two contents have the same bytes.
/// </summary>
internal ref struct DigestBytes(Span<byte> space)
{
    private readonly Span<byte> space = space;
    private int length;

    /// <summary>Bytes that a text takes at most.</summary>
    public static int MeasureText(string? text) => 4 + Encoding.UTF8.GetMaxByteCount(text?.Length ?? 0);

    /// <summary>Bytes that such take at most.</summary>
    public static int MeasureBytes(byte[]? bytes) => 4 + (bytes?.Length ?? 0);

    public void AddByte(byte value) => space[length++] = value;

    public void AddId(Guid value)
    {
        value.TryWriteBytes(space[length..], bigEndian: true, out _);
        length += 16;
    }

    public void AddInt(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(space[length..], value);
        length += 4;
    }

    public void AddLong(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(space[length..], value);
        length += 8;
    }

    /// <summary>Its length first; -1 for null.</summary>
    public void AddLong(long? value)
    {
        AddInt(value is null ? -1 : 8);
        if (value is { } given) AddLong(given);
    }

    /// <summary>Its length first; -1 for null.</summary>
    public void AddText(string? value)
    {
        var bytes = value is null ? -1 : Encoding.UTF8.GetBytes(value, space[(length + 4)..]);
        AddInt(bytes);
        length += Math.Max(0, bytes);
    }

    /// <summary>Its length first; -1 for null.</summary>
    public void AddBytes(byte[]? value)
    {
        AddInt(value?.Length ?? -1);
        value.CopyTo(space[length..]);
        length += value?.Length ?? 0;
    }

    public readonly byte[] ComputeHash() => SHA256.HashData(space[..length]);
}
