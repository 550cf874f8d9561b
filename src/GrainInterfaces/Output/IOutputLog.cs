namespace OpenClaw.GrainInterfaces.Output;

/// <summary>Which of the two streams of a process.</summary>
[GenerateSerializer, Alias("OutputStream")]
public enum OutputStream
{
    /// <summary>Invalid.</summary>
    None = 0,
    /// <summary>Standard output.</summary>
    Stdout = 1,
    /// <summary>Standard error.</summary>
    Stderr = 2,
}

/// <summary>Bytes an attempt printed. Sequences count from 0 over both streams; offsets count bytes of one stream.</summary>
public sealed record OutputChunk(int Attempt, OutputStream Stream, long Sequence, long Offset, ReadOnlyMemory<byte> Data, DateTimeOffset At)
{
    /// <summary>When the first of the bytes was printed, ms since the attempt began; null when the worker did not say.</summary>
    public long? Elapsed { get; init; }
}

/// <summary>Where the next chunk of an attempt belongs.</summary>
public readonly record struct OutputCursor(long NextSequence, long StdoutOffset, long StderrOffset);

/// <summary>How far the output of a task's latest attempt goes.</summary>
public readonly record struct OutputEnd(Guid Task, int Attempt, long NextSequence);

/// <summary>How an append was taken.</summary>
public enum AppendResult
{
    /// <summary>Invalid.</summary>
    None = 0,
    /// <summary>Durable now.</summary>
    Appended = 1,
    /// <summary>Was there already; nothing changed.</summary>
    Duplicate = 2,
    /// <summary>Does not join what is there; nothing changed.</summary>
    Gap = 3,
    /// <summary>The task has ended, and what is read of an end never changes; nothing changed.</summary>
    Ended = 4,
}

/// <summary>
/// What came of an attempt's output after its task had ended without a report. It has a log of its own, under a number below zero, that
/// begins where the attempt's log stands: what was read of the end stays as it is.
/// </summary>
public static class LateOutput
{
    /// <summary>The number of the log beside that of an attempt.</summary>
    public static int ToLog(int attempt) => -attempt;

    /// <summary>The attempt whose log it is, or lies beside.</summary>
    public static int ToAttempt(int log) => Math.Abs(log);

    /// <summary>True for the number of such a log.</summary>
    public static bool IsLog(int attempt) => attempt < 0;
}

/// <summary>What was printed, to be read.</summary>
public interface IOutputReader
{
    /// <summary>Where the next chunk of an attempt belongs.</summary>
    ValueTask<OutputCursor> ReadCursor(Guid task, int attempt, CancellationToken cancellation);

    /// <summary>
    /// Chunks of an attempt with a sequence of at least <paramref name="fromSequence"/>, in order, until about
    /// <paramref name="maxBytes"/>. Chunks cut from the middle are missing: their offsets tell.
    /// </summary>
    ValueTask<IReadOnlyList<OutputChunk>> ReadChunks(
        Guid task, int attempt, OutputStream? stream, long fromSequence, int maxBytes, CancellationToken cancellation);

    /// <summary>
    /// Bytes of one stream from a byte offset, until about <paramref name="maxBytes"/>; the chunk that contains the offset comes whole.
    /// </summary>
    ValueTask<IReadOnlyList<OutputChunk>> ReadFromOffset(
        Guid task, int attempt, OutputStream stream, long offset, int maxBytes, CancellationToken cancellation);
}

/// <summary>
/// The output of tasks, past the grains. Keeps head and tail of each stream up to a limit (default 10 MiB an attempt: half of it
/// from the head, half from the tail) and counts the rest.
/// </summary>
public interface IOutputLog : IOutputReader
{
    /// <summary>
    /// Appends chunks of one attempt, in order; durable before it answers. The cursor is where the next chunk belongs,
    /// whatever the result. Of a task that has ended only a log of <see cref="LateOutput"/> takes anything.
    /// </summary>
    ValueTask<(AppendResult Result, OutputCursor Cursor)> Append(
        Guid task, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation);

    /// <summary>
    /// How far the output of each of these tasks goes, of the latest attempt that has any; in no order. One cheap question for all.
    /// </summary>
    ValueTask<IReadOnlyList<OutputEnd>> ReadLatestEnds(IReadOnlyCollection<Guid> tasks, CancellationToken cancellation);
}
