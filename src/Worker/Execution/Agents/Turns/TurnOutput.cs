using System.Buffers;
using System.Text;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>
/// What an agent prints in a turn. Its stdout is JSON, a line each: they are read as they come, and what they say goes on to the task's
/// stderr as lines for people; the answer alone becomes the task's stdout, at the end. Its own stderr goes on as it is. Of a line without
/// end no more than <see cref="MaxLine"/> is held.
/// </summary>
internal sealed class TurnOutput(
    IOutputSink task, ITurnReader reader, Action<TurnEvent> onEvent, FirstOutputWatch? watch = null) : IOutputSink
{
    public const int MaxLine = 16 * 1024 * 1024;

    private const int MaxErrorLine = 8 * 1024, SkippedStart = 256, MaxTail = 2048, LongestWords = 500;

    // Two threads print, one for each stream; whoever holds this reads a whole piece.
    private readonly Lock gate = new();
    private readonly ArrayBufferWriter<byte> line = new(), errorLine = new();
    private readonly ProgressText progress = new();
    private byte[] errors = [], words = [];
    private bool skipping;
    private TimeSpan? printedAt;
    private ModelApiError? apiError;

    /// <summary>A line was longer than is read.</summary>
    public bool LineTooLong { get; private set; }

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes) => ReadBytes(stream, bytes, null);

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes, TimeSpan elapsed) => ReadBytes(stream, bytes, elapsed);

    public void ReportStarted() => watch?.ReportStarted();

    public void ReportCaughtUp() => watch?.ReportCaughtUp();

    private void ReadBytes(OutputStream stream, ReadOnlySpan<byte> bytes, TimeSpan? elapsed)
    {
        lock (gate)
        {
            printedAt = elapsed;
            if (stream == OutputStream.Stderr)
            {
                WriteProgress(progress.PassThrough(bytes));
                errors = AppendTail(errors, bytes);
                ReadErrors(bytes);
                return;
            }
            words = AppendTail(words, bytes);
            for (int end; (end = bytes.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..])
            {
                BufferLine(bytes[..end]);
                EndLine();
            }
            BufferLine(bytes);
        }
    }

    /// <summary>What is known of the turn when everything was printed.</summary>
    public TurnReport FinishTurn()
    {
        lock (gate)
        {
            EndLine();
            EndErrorLine();
            return new TurnReport(reader.GetAnswer(), apiError, LastWords(), LineTooLong);
        }
    }

    /// <summary>The answer, as the task's stdout, and on its stderr a last line about what it cost.</summary>
    public void PrintAnswer(TurnAnswer answer)
    {
        lock (gate)
        {
            WriteProgress(progress.FormatEnd(answer));
            WriteToTask(OutputStream.Stdout, Encoding.UTF8.GetBytes(answer.Text));
        }
    }

    /// <summary>The last two lines with words on stderr, else the last on stdout.</summary>
    private string LastWords() => LastLines(errors, 2) ?? LastLines(words, 1) ?? "it printed nothing";

    private void BufferLine(ReadOnlySpan<byte> bytes)
    {
        if (skipping) return;
        if (line.WrittenCount + bytes.Length <= MaxLine)
        {
            line.Write(bytes);
            return;
        }
        (LineTooLong, skipping) = (true, true);
        if (line.WrittenCount < SkippedStart) line.Write(bytes[..Math.Min(bytes.Length, SkippedStart)]);
        reader.SkipLine(line.WrittenSpan[..Math.Min(line.WrittenCount, SkippedStart)]);
        line.ResetWrittenCount();
    }

    private void EndLine()
    {
        if (!skipping && line.WrittenCount > 0) HandleEvents(reader.ReadLine(line.WrittenMemory));
        skipping = false;
        line.ResetWrittenCount();
    }

    private void ReadErrors(ReadOnlySpan<byte> bytes)
    {
        for (int end; (end = bytes.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..])
        {
            BufferErrorLine(bytes[..end]);
            EndErrorLine();
        }
        BufferErrorLine(bytes);
    }

    /// <summary>The beginning of a line says all that is read of it.</summary>
    private void BufferErrorLine(ReadOnlySpan<byte> bytes) =>
        errorLine.Write(bytes[..Math.Min(bytes.Length, MaxErrorLine - errorLine.WrittenCount)]);

    private void EndErrorLine()
    {
        if (errorLine.WrittenCount > 0) HandleEvents(reader.ReadErrorLine(Encoding.UTF8.GetString(errorLine.WrittenSpan)));
        errorLine.ResetWrittenCount();
    }

    private void HandleEvents(IEnumerable<TurnEvent> events)
    {
        foreach (var turnEvent in events)
        {
            apiError = turnEvent switch
            {
                TurnEvent.ApiError now => now.Error,
                TurnEvent.ModelAlive or TurnEvent.Text or TurnEvent.Tool => null,
                _ => apiError,
            };
            watch?.ObserveEvent(turnEvent);
            onEvent(turnEvent);
            WriteProgress(progress.FormatEvent(turnEvent));
        }
    }

    private void WriteProgress(ReadOnlySpan<byte> text) => WriteToTask(OutputStream.Stderr, text);

    /// <summary>With the time of what was read last, where that is known.</summary>
    private void WriteToTask(OutputStream stream, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        if (printedAt is { } elapsed) task.Write(stream, text, elapsed);
        else task.Write(stream, text);
    }

    private static byte[] AppendTail(byte[] before, ReadOnlySpan<byte> bytes) => bytes.Length >= MaxTail
        ? bytes[^MaxTail..].ToArray()
        : [.. before.AsSpan(Math.Max(0, before.Length + bytes.Length - MaxTail)), .. bytes];

    private static string? LastLines(byte[] bytes, int most)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n').Select(text => text.Trim()).Where(text => text.Length > 0).TakeLast(most);
        var found = string.Join(' ', lines);
        return found.Length == 0 ? null : found.Length <= LongestWords ? found : found[^LongestWords..];
    }
}
