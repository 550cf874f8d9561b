using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Masking;

/// <summary>
/// Stands where the output of an attempt leaves the PC, before bytes are counted: no secret passes. A few bytes that may begin one are held
/// for a second, longer ones until it is known what they are.
/// </summary>
/// <remarks>
/// A writer may wait in <c>inner</c> for as long as the server is away, and holds the lock of its stream meanwhile; nobody else waits for
/// that: the timer comes again later, and <see cref="Finish"/> is called when nobody is waited for any more.
/// </remarks>
/// <param name="inner">Where the output goes.</param>
/// <param name="mask">The secrets.</param>
/// <param name="clock">For what is held.</param>
/// <param name="hasRoom">False while a write to <paramref name="inner"/> would wait.</param>
internal sealed class MaskingSink(IOutputSink inner, AttemptMask mask, TimeProvider clock, Func<bool> hasRoom) : IOutputSink, IDisposable
{
    private static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(1);
    private readonly MaskedStream stdout = new(OutputStream.Stdout);
    private readonly MaskedStream stderr = new(OutputStream.Stderr);
    private readonly Lock making = new();
    private ITimer? timer;
    private bool disposed;
    private PrintedTotals? printed;

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes) => MaskAndWrite(stream, bytes, null);

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes, TimeSpan elapsed) => MaskAndWrite(stream, bytes, elapsed);

    public void WriteCutMark(OutputStream stream, long missing, TimeSpan elapsed)
    {
        var state = GetStream(stream);
        lock (state.Gate)
        {
            state.WriteTo(inner, state.Masker.MaskLast(mask.Patterns), elapsed);
            state.Masker.MarkCut();
            inner.WriteCutMark(stream, missing, elapsed);
        }
    }

    public void ReportStarted() => inner.ReportStarted();

    public void ReportCaughtUp() => inner.ReportCaughtUp();

    public void ReportCut(PrintedTotals totals) => printed = totals;

    /// <summary>Nothing more is printed: gives what is held, and the totals of what was given.</summary>
    public void Finish()
    {
        foreach (var state in new[] { stdout, stderr })
        {
            lock (state.Gate)
                state.WriteTo(inner, state.Masker.MaskLast(mask.Patterns), null);
        }
        if (printed is not { } all) return;
        inner.ReportCut(new PrintedTotals(
            all.StdoutBytes - stdout.Masker.Shrunk, all.StderrBytes - stderr.Masker.Shrunk,
            // Of the bytes as they were printed: with it whoever knows the rest could try out a short secret.
            stdout.Masker.Shrunk > 0 ? null : all.StdoutSha256, stderr.Masker.Shrunk > 0 ? null : all.StderrSha256));
    }

    public void Dispose()
    {
        lock (making)
        {
            disposed = true;
            timer?.Dispose();
        }
    }

    private void MaskAndWrite(OutputStream stream, ReadOnlySpan<byte> bytes, TimeSpan? elapsed)
    {
        var state = GetStream(stream);
        lock (state.Gate)
        {
            state.WriteTo(inner, state.Masker.MaskNext(bytes, mask.Patterns), elapsed);
            if (state.Masker.HoldsShort) ArmTimer();
        }
    }

    private MaskedStream GetStream(OutputStream stream) => stream == OutputStream.Stdout ? stdout : stderr;

    private void ArmTimer()
    {
        lock (making)
        {
            if (disposed) return;
            timer ??= clock.CreateTimer(_ => ReleaseShort(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(HoldTime, Timeout.InfiniteTimeSpan);
        }
    }

    private void ReleaseShort()
    {
        foreach (var state in new[] { stdout, stderr })
        {
            // Whoever writes arms the timer again.
            if (!state.Gate.TryEnter()) continue;
            try
            {
                if (hasRoom())
                    state.WriteTo(inner, state.Masker.ReleaseShort(), null);
                else if (state.Masker.HoldsShort)
                    ArmTimer();
            }
            finally
            {
                state.Gate.Exit();
            }
        }
    }

    private sealed class MaskedStream(OutputStream stream)
    {
        private TimeSpan? last;

        public Lock Gate { get; } = new();

        public StreamMasker Masker { get; } = new();

        /// <summary>With the time it was printed at, where that is known; what was held has the time of what came last.</summary>
        public void WriteTo(IOutputSink sink, ReadOnlySpan<byte> bytes, TimeSpan? elapsed)
        {
            last = elapsed ?? last;
            if (bytes.IsEmpty) return;
            if (last is { } time) sink.Write(stream, bytes, time);
            else sink.Write(stream, bytes);
        }
    }
}
