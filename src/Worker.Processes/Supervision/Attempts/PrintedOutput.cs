using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Processes.Supervision.Attempts;

/// <summary>
/// What a run's log says was printed, on its way to the attempt's sink: with its own times, and a mark where some is missing.
/// </summary>
internal sealed class PrintedOutput(IOutputSink sink, DateTimeOffset began)
{
    private TimeSpan last;
    private long stdout;
    private long stderr;

    /// <summary>The program may start now.</summary>
    public void MarkStarted() => sink.ReportStarted();

    /// <summary>Bytes that were printed at a time, ms since 1970.</summary>
    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes, long at)
    {
        var elapsed = TimeSpan.FromMilliseconds(at - began.ToUnixTimeMilliseconds());
        last = elapsed > last ? elapsed : last;
        sink.Write(stream, bytes, last);
        AddCount(stream, bytes.Length);
    }

    /// <summary>Bytes of each stream that were printed here and not kept.</summary>
    public void WriteCutMark(long stdoutMissing, long stderrMissing)
    {
        WriteCutMark(OutputStream.Stdout, stdoutMissing);
        WriteCutMark(OutputStream.Stderr, stderrMissing);
    }

    /// <summary>Everything is written but for what was never kept: what was printed in all.</summary>
    public void ReportTotals(PrintedTotals totals)
    {
        WriteCutMark(totals.StdoutBytes - stdout, totals.StderrBytes - stderr);
        sink.ReportCut(totals);
    }

    /// <summary>All that was printed before it was asked for is written.</summary>
    public void MarkCaughtUp() => sink.ReportCaughtUp();

    private void WriteCutMark(OutputStream stream, long missing)
    {
        if (missing <= 0) return;
        sink.WriteCutMark(stream, missing, last);
        AddCount(stream, missing);
    }

    private void AddCount(OutputStream stream, long bytes) => (stream == OutputStream.Stdout ? ref stdout : ref stderr) += bytes;
}
