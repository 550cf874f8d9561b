using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Processes.Supervision.Logs;

/// <summary>
/// Counts and digests of all that was printed. Begun only when something can't be kept, with what the log holds until then: digests
/// bring in OpenSSL, which a short task should not pay for.
/// </summary>
internal sealed class PrintedCount
{
    private readonly IncrementalHash stdout = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash stderr = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long stdoutBytes;
    private long stderrBytes;

    public static PrintedCount FromLog(SafeFileHandle log, long length)
    {
        var count = new PrintedCount();
        var reader = new RunLogReader(log);
        while (reader.ReadNext(length) is { } record)
        {
            if (record.Output is { } stream) count.Add(stream, record.Bytes.Span);
        }
        return count;
    }

    public void Add(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        (stream == OutputStream.Stdout ? stdout : stderr).AppendData(bytes);
        (stream == OutputStream.Stdout ? ref stdoutBytes : ref stderrBytes) += bytes.Length;
    }

    public PrintedTotals GetTotals() => new(
        stdoutBytes, stderrBytes, Convert.ToHexStringLower(stdout.GetCurrentHash()), Convert.ToHexStringLower(stderr.GetCurrentHash()));
}
