using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Records;

namespace OpenClaw.Worker.Processes.Supervision.Logs;

/// <summary>
/// Where a supervisor writes what its program prints. Never blocks and never fails: beyond the bound, or while the disk is full, the newest
/// is kept in memory, comes behind a gap when there is room, and the gap says how much is missing.
/// </summary>
internal sealed class RunLogWriter : IOutputSink, IDisposable
{
    private const int TailBytes = 1024 * 1024;
    private readonly Lock gate = new();
    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly TimeProvider clock;
    private readonly long bound;
    /// <summary>Read once: a wall clock that is set while the program runs moves nothing it prints.</summary>
    private readonly DateTimeOffset opened;
    private readonly long openedAt;
    private readonly OutputTail tail = new(TailBytes);
    private readonly byte[] buffer = new byte[RecordCodec.HeadSize + RunLog.TimeSize + RunLog.LargestPiece];
    private PrintedCount? count;
    private long length;
    private long lastWrite;
    private bool overflowed;
    private bool missing;

    public RunLogWriter(string path, long kept, TimeProvider clock)
    {
        (this.path, this.clock) = (path, clock);
        (opened, openedAt) = (clock.GetUtcNow(), clock.GetTimestamp());
        file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        length = RandomAccess.GetLength(file);
        bound = length + kept;
        lastWrite = openedAt;
    }

    /// <summary>Bytes of the log that are whole records.</summary>
    public long Length => Interlocked.Read(ref length);

    /// <summary>When something was printed last, on the monotonic clock.</summary>
    public long LastWrite => Interlocked.Read(ref lastWrite);

    /// <summary>Called after each growth, on the thread that printed.</summary>
    public Action? Grew { get; set; }

    /// <summary>When the attempt began; all times in the log count from there.</summary>
    /// <param name="at">ms since 1970.</param>
    /// <param name="uptime">ms since this start of the PC, without its sleep; null: not known.</param>
    public void WriteStartTime(long at, long? uptime = null)
    {
        Span<byte> payload = stackalloc byte[RunLog.TimeSize];
        lock (gate)
        {
            BinaryPrimitives.WriteInt64LittleEndian(payload, at);
            AppendRecord(RunLog.Began, payload);
            if (uptime is not { } up || ProcessIdentity.ThisBoot.Length == 0) return;
            BinaryPrimitives.WriteInt64LittleEndian(payload, up);
            AppendRecord(RunLog.BeganUptime, [.. payload, .. Encoding.ASCII.GetBytes(ProcessIdentity.ThisBoot)]);
        }
    }

    public void WriteProgram(int pid)
    {
        Span<byte> payload = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(payload, pid);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[4..], OrphanProcesses.GetStartTicks(pid));
        lock (gate)
            AppendRecord(RunLog.Program, payload);
    }

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        Interlocked.Exchange(ref lastWrite, clock.GetTimestamp());
        var now = (opened + clock.GetElapsedTime(openedAt)).ToUnixTimeMilliseconds();
        lock (gate)
        {
            for (; bytes.Length > 0; bytes = bytes[Math.Min(bytes.Length, RunLog.LargestPiece)..])
                AppendOrBuffer(stream, bytes[..Math.Min(bytes.Length, RunLog.LargestPiece)], now);
        }
        Grew?.Invoke();
    }

    /// <summary>Writes what the tail still has, then the end, and flushes it all. False when there is no room for the end.</summary>
    public bool WriteEnd(ref RunEnd end)
    {
        lock (gate)
        {
            // Room was kept for the tail; on a full disk some of it may fit.
            overflowed = false;
            if (missing) WriteGapAndTail(behindBound: true);
            end = end with { Printed = count?.GetTotals(), Logged = length };
            if (!AppendRecord(RunLog.End, JsonSerializer.SerializeToUtf8Bytes(end, SupervisionJson.Default.RunEnd)))
                return false;
        }
        return FlushToDisk();
    }

    /// <summary>Once more, when there was no room.</summary>
    public bool RetryWriteEnd(RunEnd end)
    {
        lock (gate)
        {
            if (!AppendRecord(RunLog.End, JsonSerializer.SerializeToUtf8Bytes(end, SupervisionJson.Default.RunEnd)))
                return false;
        }
        return FlushToDisk();
    }

    public void Dispose() => file.Dispose();

    private void AppendOrBuffer(OutputStream stream, ReadOnlySpan<byte> bytes, long now)
    {
        overflowed |= length + bytes.Length > bound;
        if (!overflowed && (!missing || WriteGapAndTail(behindBound: false)) && AppendRecord(stream, bytes, now))
        {
            count?.Add(stream, bytes);
            return;
        }
        // From here on the log alone can't tell what was printed in all.
        count ??= PrintedCount.FromLog(file, length);
        count.Add(stream, bytes);
        missing = true;
        tail.Add(stream, bytes, now);
    }

    /// <summary>The gap, and what came behind it. What does not fit stays for the next time.</summary>
    private bool WriteGapAndTail(bool behindBound)
    {
        Span<byte> gap = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(gap, tail.StdoutLost);
        BinaryPrimitives.WriteInt64LittleEndian(gap[8..], tail.StderrLost);
        if ((tail.StdoutLost > 0 || tail.StderrLost > 0) && !AppendRecord(RunLog.Gap, gap)) return false;
        var pieces = tail.DequeueAll();
        missing = false;
        for (var i = 0; i < pieces.Length; i++)
        {
            var (stream, bytes, at) = pieces[i];
            if (!missing && (behindBound || length + bytes.Length <= bound) && AppendChunks(stream, bytes, at))
                continue;
            missing = true;
            tail.Add(stream, bytes, at);
        }
        return !missing;
    }

    private bool AppendChunks(OutputStream stream, ReadOnlySpan<byte> bytes, long at)
    {
        for (; bytes.Length > 0; bytes = bytes[Math.Min(bytes.Length, RunLog.LargestPiece)..])
        {
            if (!AppendRecord(stream, bytes[..Math.Min(bytes.Length, RunLog.LargestPiece)], at)) return false;
        }
        return true;
    }

    private bool AppendRecord(OutputStream stream, ReadOnlySpan<byte> bytes, long at)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(RecordCodec.HeadSize), at);
        bytes.CopyTo(buffer.AsSpan(RecordCodec.HeadSize + RunLog.TimeSize));
        var size = RunLog.TimeSize + bytes.Length;
        RecordCodec.WriteHead(buffer, stream == OutputStream.Stdout ? RunLog.Stdout : RunLog.Stderr, size);
        return WriteRecord(buffer.AsSpan(0, RecordCodec.HeadSize + size));
    }

    private bool AppendRecord(byte type, ReadOnlySpan<byte> payload) => WriteRecord(RecordCodec.Encode(type, payload));

    /// <summary>Always behind the last whole record: what a full disk let through of another is written over.</summary>
    private bool WriteRecord(ReadOnlySpan<byte> record)
    {
        try
        {
            RandomAccess.Write(file, record, length);
            Interlocked.Add(ref length, record.Length);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            TrimPartialRecord();
            return false;
        }
    }

    private void TrimPartialRecord()
    {
        try
        {
            RandomAccess.SetLength(file, length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Readers are told how far the whole records go.
        }
    }

    private bool FlushToDisk()
    {
        // Removed by a daemon that gave the attempt up: nobody wants its end.
        if (!File.Exists(path)) return true;
        try
        {
            RandomAccess.SetLength(file, length);
            RandomAccess.FlushToDisk(file);
            if (!OperatingSystem.IsWindows()) Posix.SyncFolder(Path.GetDirectoryName(path)!);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
