using System.Text;

namespace OpenClaw.Standalone;

/// <summary>What the local worker tells: to the log when that is wanted; the last lines are kept for when it ends by itself.</summary>
internal sealed class WorkerLines(ILogger logger) : TextWriter
{
    private const int Kept = 10;
    private readonly Queue<string> last = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value)
    {
        if (value is null) return;
        lock (last)
        {
            last.Enqueue(value);
            if (last.Count > Kept) last.Dequeue();
        }
        logger.WorkerSays(value);
    }

    public string JoinLastLines()
    {
        lock (last) return string.Join('\n', last);
    }
}
