using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OpenClaw.Protocol.Audit;

/// <summary>What a link of an audit chain is about.</summary>
public enum AuditLinkKind
{
    /// <summary>
    /// What was written: an entry a row, its task's number, its version, its digest; or an entry a note, its number below zero, its time
    /// in ticks, its digest.
    /// </summary>
    Written = 1,
    /// <summary>Rows that were deleted because their tasks were: an entry a task, its number.</summary>
    Removed = 2,
}

/// <summary>
/// The hashes of audit chains: whoever writes them and whoever verifies them computes them here. The first byte of what is hashed is its
/// format, so that nothing that was written in one passes as another.
/// </summary>
public static class AuditDigest
{
    /// <summary>Bytes of a digest.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>
    /// Bytes of an entry about what was written: number and version, 8 each, most significant first, and the digest.
    /// </summary>
    public const int WrittenEntry = 16 + Size;

    /// <summary>Bytes of an entry about a task whose rows were removed.</summary>
    public const int RemovedEntry = 8;

    /// <summary>Rows that say what happened, and nothing of what was asked for and what came of it.</summary>
    public const int FirstFormat = 1;

    /// <summary>Rows with <see cref="AuditProof"/>, which is what is written now.</summary>
    public const int NewestFormat = 2;

    private const byte NoteFormat = 64;
    private const byte OutcomeFormat = 65;
    private const int FixedBytes = 1 + 16 + 8 + 8 + 4 + 4;
    private const int OnStack = 1024;

    /// <summary>What the first link of a chain follows.</summary>
    public static byte[] Start { get; } = new byte[Size];

    /// <summary>The digest of a row.</summary>
    public static byte[] ComputeRow(in AuditContent row)
    {
        var most = FixedBytes + DigestBytes.MeasureText(row.What) + DigestBytes.MeasureText(row.Reason)
            + DigestBytes.MeasureText(row.Worker) + DigestBytes.MeasureText(row.TokenId) + DigestBytes.MeasureText(row.Address)
            + (row.Proof is { } proof ? 12 + DigestBytes.MeasureBytes(proof.Payload) + DigestBytes.MeasureBytes(proof.Outcome) : 0);
        var bytes = new DigestBytes(most <= OnStack ? stackalloc byte[OnStack] : new byte[most]);
        bytes.AddByte(row.Proof is null ? (byte)FirstFormat : (byte)NewestFormat);
        bytes.AddId(row.Task);
        bytes.AddLong(row.Version);
        bytes.AddLong(row.At.UtcTicks);
        bytes.AddInt(row.State);
        bytes.AddInt(row.Attempt);
        bytes.AddText(row.What);
        bytes.AddText(row.Reason);
        bytes.AddText(row.Worker);
        bytes.AddText(row.TokenId);
        bytes.AddText(row.Address);
        if (row.Proof is { } proven)
        {
            bytes.AddBytes(proven.Payload);
            bytes.AddLong((long?)proven.ExitCode);
            bytes.AddBytes(proven.Outcome);
        }
        return bytes.ComputeHash();
    }

    /// <summary>The digest of what was accepted: its kind, a line feed, and the payload byte for byte as it is stored.</summary>
    public static byte[] ComputePayload(string kind, ReadOnlySpan<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(kind + "\n"));
        hash.AppendData(payload);
        return hash.GetHashAndReset();
    }

    /// <summary>The digest of a worker's report.</summary>
    public static byte[] ComputeOutcome(in AuditOutcome outcome)
    {
        var most = 128 + DigestBytes.MeasureText(outcome.Signal) + DigestBytes.MeasureText(outcome.Error)
            + DigestBytes.MeasureText(outcome.Reason) + DigestBytes.MeasureText(outcome.StdoutSha256)
            + DigestBytes.MeasureText(outcome.StderrSha256) + DigestBytes.MeasureBytes(outcome.Metadata);
        var bytes = new DigestBytes(most <= OnStack ? stackalloc byte[OnStack] : new byte[most]);
        bytes.AddByte(OutcomeFormat);
        bytes.AddInt(outcome.Kind);
        bytes.AddInt(outcome.Attempt);
        bytes.AddLong((long?)outcome.ExitCode);
        bytes.AddText(outcome.Signal);
        bytes.AddText(outcome.Error);
        bytes.AddText(outcome.Reason);
        bytes.AddLong(outcome.Duration?.Ticks);
        bytes.AddLong(outcome.StdoutBytes);
        bytes.AddLong(outcome.StderrBytes);
        bytes.AddText(outcome.StdoutSha256);
        bytes.AddText(outcome.StderrSha256);
        bytes.AddBytes(outcome.Metadata);
        return bytes.ComputeHash();
    }

    /// <summary>The digest of a note.</summary>
    public static byte[] ComputeNote(in NoteContent note)
    {
        var most = 32 + DigestBytes.MeasureText(note.What) + DigestBytes.MeasureText(note.TokenId) + DigestBytes.MeasureText(note.Address)
            + DigestBytes.MeasureText(note.Detail);
        var bytes = new DigestBytes(most <= OnStack ? stackalloc byte[OnStack] : new byte[most]);
        bytes.AddByte(NoteFormat);
        bytes.AddLong(note.At.UtcTicks);
        bytes.AddText(note.What);
        bytes.AddText(note.TokenId);
        bytes.AddText(note.Address);
        bytes.AddByte(note.Task is null ? (byte)0 : (byte)1);
        bytes.AddId(note.Task ?? Guid.Empty);
        bytes.AddText(note.Detail);
        return bytes.ComputeHash();
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
}
