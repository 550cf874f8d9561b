using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Records;

namespace OpenClaw.Worker.Processes.Supervision.Logs;

/// <summary>A record of a run log; its bytes are good until the next is read.</summary>
internal readonly record struct RunRecord(byte Type, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Which stream it was printed to; null: it is no output.</summary>
    public OutputStream? Output => Type == RunLog.Stdout ? OutputStream.Stdout : Type == RunLog.Stderr ? OutputStream.Stderr : null;

    public ReadOnlyMemory<byte> Bytes => Payload[RunLog.TimeSize..];

    /// <summary>When it was printed, or the attempt began, ms since 1970.</summary>
    public long At => BinaryPrimitives.ReadInt64LittleEndian(Payload.Span);

    /// <summary>Bytes of each stream that are missing here.</summary>
    public (long Stdout, long Stderr) Missing =>
        (BinaryPrimitives.ReadInt64LittleEndian(Payload.Span), BinaryPrimitives.ReadInt64LittleEndian(Payload.Span[8..]));
}

/// <summary>Reads a run log, while it grows or after.</summary>
/// <param name="file">The log.</param>
/// <param name="from">0, its beginning, or where a record begins.</param>
internal sealed class RunLogReader(SafeFileHandle file, long from = 0)
{
    private byte[] buffer = new byte[16 * 1024];
    private long position = from;

    /// <summary>The first byte that was not read.</summary>
    public long Position => position;

    /// <summary>Something in it was not as it was written; nothing behind it is read.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>The next whole record below a length; null when there is none now.</summary>
    public RunRecord? ReadNext(long length)
    {
        if (IsDamaged) return null;
        if (position == 0 && !ReadHeader(length)) return null;
        var (head, want) = (RecordCodec.HeadSize, RecordCodec.HeadSize);
        for (var i = 0; i < 2; i++)
        {
            if (position + want > length || !FillBuffer(want)) return null;
            if (i == 0) want = head + BinaryPrimitives.ReadInt32LittleEndian(buffer);
            if (want < head || want > head + RecordCodec.LargestPayload) return MarkDamaged();
        }
        var fate = RecordCodec.Decode(buffer.AsSpan(0, want), out var type, out _, out var size);
        var hasTime = type is RunLog.Stdout or RunLog.Stderr or RunLog.Began or RunLog.BeganUptime;
        if (fate != RecordStatus.Whole || (hasTime && size < head + RunLog.TimeSize) || (type == RunLog.Gap && size != head + 16))
            return MarkDamaged();
        position += size;
        return new RunRecord(type, buffer.AsMemory(head, size - head));
    }

    private bool ReadHeader(long length)
    {
        if (length < RecordCodec.HeaderSize || !FillBuffer(RecordCodec.HeaderSize)) return false;
        if (RecordCodec.ReadVersion(buffer, RunLog.Kind) != RunLog.Version) IsDamaged = true;
        position = RecordCodec.HeaderSize;
        return !IsDamaged;
    }

    private RunRecord? MarkDamaged()
    {
        IsDamaged = true;
        return null;
    }

    private bool FillBuffer(int want)
    {
        if (buffer.Length < want) Array.Resize(ref buffer, want);
        for (var at = 0; at < want;)
        {
            var count = RandomAccess.Read(file, buffer.AsSpan(at, want - at), position + at);
            if (count == 0) return false;
            at += count;
        }
        return true;
    }
}
