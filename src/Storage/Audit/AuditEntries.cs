using System.Buffers;
using System.Buffers.Binary;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.Storage.Audit;

/// <summary>The entries of the links that a transaction will add, and chains' names. Not safe for two threads.</summary>
internal sealed class AuditEntries
{
    private readonly ArrayBufferWriter<byte> written = new();
    private readonly ArrayBufferWriter<byte> removed = new();

    public ReadOnlySpan<byte> Written => written.WrittenSpan;

    public ReadOnlySpan<byte> Removed => removed.WrittenSpan;

    /// <summary>A name that no other chain has. It tells nothing of the machine: every tenant's administrator sees it.</summary>
    public static string CreateChainName() => "silo-" + Guid.NewGuid().ToString("N")[..12];

    public void AddWritten(long number, long version, byte[] digest)
    {
        var entry = written.GetSpan(AuditDigest.WrittenEntry);
        BinaryPrimitives.WriteInt64BigEndian(entry, number);
        BinaryPrimitives.WriteInt64BigEndian(entry[8..], version);
        digest.CopyTo(entry[16..]);
        written.Advance(AuditDigest.WrittenEntry);
    }

    public void AddRemoved(long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(removed.GetSpan(AuditDigest.RemovedEntry), number);
        removed.Advance(AuditDigest.RemovedEntry);
    }

    public void Clear()
    {
        written.ResetWrittenCount();
        removed.ResetWrittenCount();
    }
}
