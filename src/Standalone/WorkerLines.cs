using System.Text;

namespace OpenClaw.Standalone;

/// <summary>What the local worker tells: to the log when that is wanted; the last lines are kept for when it ends by itself.</summary>
internal sealed class WorkerLines(ILogger logger) : TextWriter
{
    private const int Kept = 10;
    private readonly Queue<string> _last = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value)
    {
        if (value is null) return;
        lock (_last)
        {
            _last.Enqueue(value);
            if (_last.Count > Kept) _last.Dequeue();
        }
        logger.WorkerSays(value);
    }

    public string JoinLastLines()
    {
        lock (_last) return string.Join('\n', _last);
    }
}
