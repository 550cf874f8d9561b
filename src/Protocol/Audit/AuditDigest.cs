using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OpenClaw.Protocol.Audit;

/// <summary>What a link of an audit chain is about.</summary>
public enum AuditLinkKind
{
    /// <summary>Rows that were written: an entry a row, its task's number, its version, its digest.</summary>
    Written = 1,
    /// <summary>Rows that were deleted because their tasks were: an entry a task, its number.</summary>
    Removed = 2,
}

/// <summary>The columns of an audit row that its digest is of.</summary>
public readonly record struct AuditContent(
    Guid Task, long Version, DateTimeOffset At, int State, int Attempt, string What, string? Reason, string? Worker, string TokenId,
    string? Address);

/// <summary>
/// The hashes of audit chains: whoever writes them and whoever verifies them computes them here. Each text goes in with its length, so
/// that no two rows have the same bytes.
/// </summary>
public static class AuditDigest
{
    /// <summary>Bytes of a digest.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>
    /// Bytes of an entry about a row that was written: number and version, 8 each, most significant first, and the digest.
    /// </summary>
    public const int WrittenEntry = 16 + Size;

    /// <summary>Bytes of an entry about a task whose rows were removed.</summary>
    public const int RemovedEntry = 8;

    private const byte Format = 1;
    private const int FixedBytes = 1 + 16 + 8 + 8 + 4 + 4;
    private const int OnStack = 512;

    /// <summary>What the first link of a chain follows.</summary>
    public static byte[] Start { get; } = new byte[Size];

    /// <summary>The digest of a row.</summary>
    public static byte[] ComputeRow(in AuditContent row)
    {
        var most = FixedBytes + MeasureText(row.What) + MeasureText(row.Reason) + MeasureText(row.Worker) + MeasureText(row.TokenId)
            + MeasureText(row.Address);
        Span<byte> bytes = most <= OnStack ? stackalloc byte[OnStack] : new byte[most];
        bytes[0] = Format;
        row.Task.TryWriteBytes(bytes[1..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[17..], row.Version);
        BinaryPrimitives.WriteInt64BigEndian(bytes[25..], row.At.UtcTicks);
        BinaryPrimitives.WriteInt32BigEndian(bytes[33..], row.State);
        BinaryPrimitives.WriteInt32BigEndian(bytes[37..], row.Attempt);
        var at = FixedBytes;
        AppendText(bytes, ref at, row.What);
        AppendText(bytes, ref at, row.Reason);
        AppendText(bytes, ref at, row.Worker);
        AppendText(bytes, ref at, row.TokenId);
        AppendText(bytes, ref at, row.Address);
        return SHA256.HashData(bytes[..at]);
    }

    /// <summary>The hash of a link: of the one before it, its kind, its number and its entries.</summary>
    public static byte[] ComputeLink(ReadOnlySpan<byte> previous, AuditLinkKind kind, long link, ReadOnlySpan<byte> entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[9];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt64BigEndian(head[1..], link);
        hash.AppendData(previous);
        hash.AppendData(head);
        hash.AppendData(entries);
        return hash.GetHashAndReset();
    }

    private static int MeasureText(string? text) => 4 + Encoding.UTF8.GetMaxByteCount(text?.Length ?? 0);

    private static void AppendText(Span<byte> bytes, ref int at, string? text)
    {
        var length = text is null ? -1 : Encoding.UTF8.GetBytes(text, bytes[(at + 4)..]);
        BinaryPrimitives.WriteInt32BigEndian(bytes[at..], length);
        at += 4 + Math.Max(0, length);
    }
}
