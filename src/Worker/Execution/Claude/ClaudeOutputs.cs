using System.Text;
using OpenClaw.Worker.Output;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>
/// What the CLI prints: stdout is kept, since the answer is inside its JSON; stderr goes on to the task at once, and its end is kept
/// for the sentence of an error.
/// </summary>
internal sealed class ClaudeOutputs(IOutputSink task) : IOutputSink
{
    /// <summary>Most of stdout that is kept.</summary>
    public const int MaxAnswer = 16 * 1024 * 1024;

    private const int MaxTail = 2048;

    private readonly Lock gate = new();
    private readonly MemoryStream answer = new();
    private byte[] tail = [];

    /// <summary>More was printed than is kept.</summary>
    public bool TooMuch { get; private set; }

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        if (stream == OutputStream.Stderr) task.Write(stream, bytes);
        lock (gate)
        {
            if (stream == OutputStream.Stderr) tail = [.. tail.Concat(bytes.ToArray()).TakeLast(MaxTail)];
            else if (answer.Length + bytes.Length <= MaxAnswer) answer.Write(bytes);
            else TooMuch = true;
        }
    }

    /// <summary>Stdout so far.</summary>
    public byte[] Answer()
    {
        lock (gate) return answer.ToArray();
    }

    /// <summary>The last line with words on stderr, else on stdout.</summary>
    public string LastWords()
    {
        lock (gate) return LastLine(tail) ?? LastLine(answer.ToArray()) ?? "it printed nothing";
    }

    private static string? LastLine(byte[] bytes) =>
        Encoding.UTF8.GetString(bytes).Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0) is { } line
            ? line.Length <= 500 ? line : line[..500]
            : null;
}
