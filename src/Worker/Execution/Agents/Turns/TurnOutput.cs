using System.Buffers;
using System.Text;
using OpenClaw.Worker.Output;

namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>
/// What an agent prints in a turn. Its stdout is JSON, a line each: they are read as they come, and what they say goes on to the task's
/// stderr as lines for people; the answer alone becomes the task's stdout, at the end. Its own stderr goes on as it is. Of a line without
/// end no more than <see cref="MaxLine"/> is held.
/// </summary>
internal sealed class TurnOutput(IOutputSink task, ITurnReader reader, Action<TurnEvent> heard, Action? caughtUp = null) : IOutputSink
{
    /// <summary>Longest line that is read.</summary>
    public const int MaxLine = 16 * 1024 * 1024;

    private const int MaxTail = 2048;

    private readonly Lock gate = new();
    private readonly ArrayBufferWriter<byte> line = new();
    private readonly ProgressText progress = new();
    private byte[] errors = [], words = [];
    private bool skipping;
    private TimeSpan? printedAt;

    /// <summary>A line was longer than is read.</summary>
    public bool TooMuch { get; private set; }

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes) => Take(stream, bytes, null);

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes, TimeSpan elapsed) => Take(stream, bytes, elapsed);

    public void CaughtUp() => caughtUp?.Invoke();

    private void Take(OutputStream stream, ReadOnlySpan<byte> bytes, TimeSpan? elapsed)
    {
        lock (gate)
        {
            printedAt = elapsed;
            if (stream == OutputStream.Stderr)
            {
                Tell(progress.Foreign(bytes));
                errors = Tail(errors, bytes);
                return;
            }
            words = Tail(words, bytes);
            for (int end; (end = bytes.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..])
            {
                Keep(bytes[..end]);
                EndLine();
            }
            Keep(bytes);
        }
    }

    /// <summary>The answer, when everything was printed; with a last line about what it cost.</summary>
    public TurnAnswer? Finish()
    {
        lock (gate)
        {
            EndLine();
            var answer = reader.Answer();
            if (answer is not null) Tell(progress.End(answer));
            return answer;
        }
    }

    /// <summary>The answer, as the task's stdout.</summary>
    public void Print(string answer)
    {
        lock (gate) Pass(OutputStream.Stdout, Encoding.UTF8.GetBytes(answer));
    }

    /// <summary>The last line with words on stderr, else on stdout.</summary>
    public string LastWords()
    {
        lock (gate) return LastLine(errors) ?? LastLine(words) ?? "it printed nothing";
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (skipping || line.WrittenCount + bytes.Length > MaxLine)
        {
            TooMuch |= !skipping;
            skipping = true;
            line.ResetWrittenCount();
        }
        else
        {
            line.Write(bytes);
        }
    }

    private void EndLine()
    {
        if (!skipping && line.WrittenCount > 0)
        {
            foreach (var said in reader.Line(line.WrittenMemory))
            {
                heard(said);
                Tell(progress.Of(said));
            }
        }
        skipping = false;
        line.ResetWrittenCount();
    }

    private void Tell(ReadOnlySpan<byte> text) => Pass(OutputStream.Stderr, text);

    /// <summary>With the time of what was read last, where that is known.</summary>
    private void Pass(OutputStream stream, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        if (printedAt is { } elapsed) task.Write(stream, text, elapsed);
        else task.Write(stream, text);
    }

    private static byte[] Tail(byte[] before, ReadOnlySpan<byte> bytes) => bytes.Length >= MaxTail
        ? bytes[^MaxTail..].ToArray()
        : [.. before.AsSpan(Math.Max(0, before.Length + bytes.Length - MaxTail)), .. bytes];

    private static string? LastLine(byte[] bytes) =>
        Encoding.UTF8.GetString(bytes).Split('\n').Select(text => text.Trim()).LastOrDefault(text => text.Length > 0) is { } found
            ? found.Length <= 500 ? found : found[..500]
            : null;
}
