using OpenClaw.Protocol.Output;

namespace OpenClaw.Worker.Processes.Output;

internal enum OutputStream
{
    Stdout = 1,
    Stderr = 2,
}

/// <summary>Takes bytes in the order they were printed. Safe to call from any thread.</summary>
internal interface IOutputSink
{
    /// <summary>
    /// Copies the bytes. May block for some seconds (a fast program is slowed to the speed of the line), never for ever: when the
    /// server is away the middle of the output is cut.
    /// </summary>
    void Write(OutputStream stream, ReadOnlySpan<byte> bytes);

    /// <summary>The program may start now: nothing that is to come from it can be late before. Not said of one that runs already.</summary>
    void ReportStarted()
    {
    }

    /// <summary>
    /// Here bytes were printed that are missing: what follows does not join what came before. A mark for people stands in their place.
    /// </summary>
    void WriteCutMark(OutputStream stream, long missing, TimeSpan elapsed) => Write(stream, CutMark.ToBytes(missing), elapsed);

    /// <summary>All of it was written, but for a piece that could not be kept: counts and digests of everything that was printed.</summary>
    void ReportCut(PrintedTotals totals)
    {
    }

    /// <summary>
    /// All that was printed before this daemon took the program up has been written. Said again and again while more comes; not said of a
    /// program that has ended, nor where there is no log to read from.
    /// </summary>
    void ReportCaughtUp()
    {
    }

    /// <summary>As <c>Write</c>, for what was printed earlier, <paramref name="elapsed"/> after the attempt began.</summary>
    void Write(OutputStream stream, ReadOnlySpan<byte> bytes, TimeSpan elapsed) => Write(stream, bytes);
}

/// <summary>Everything a program printed, whether it was kept or not. A digest that is null would tell of what was masked.</summary>
internal sealed record PrintedTotals(long StdoutBytes, long StderrBytes, string? StdoutSha256, string? StderrSha256);
