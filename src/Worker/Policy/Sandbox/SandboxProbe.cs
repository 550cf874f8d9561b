using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Policy.Sandbox;

/// <summary>
/// Tries a sandbox before a task goes into it: the same arguments around a program that does nothing. So one that can't be made is a refusal
/// with bubblewrap's own words, and not a task that failed.
/// </summary>
internal sealed class SandboxProbe(TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private (string Arguments, long At)? worked;

    /// <summary>Null: it works; else why not, a sentence.</summary>
    public async Task<string?> Try(IReadOnlyList<string> sandbox, string folder)
    {
        var key = string.Join('\0', sandbox);
        lock (gate)
        {
            if (worked is { } known && known.Arguments == key && clock.GetElapsedTime(known.At) < Fresh)
                return null;
        }
        var words = new FirstWords();
        using var stop = new AttemptStop();
        await using var timer = clock.CreateTimer(_ => stop.Request(StopReason.Timeout), null, Patience, Timeout.InfiniteTimeSpan);
        var spec = new ProcessSpec
        {
            Argv = [.. sandbox, File.Exists("/bin/true") ? "/bin/true" : "/usr/bin/true"],
            Environment = new Dictionary<string, string>(),
            WorkingDirectory = folder,
        };
        var end = await new ProcessRunner(clock).Run(spec, words, stop, TimeSpan.Zero).ConfigureAwait(false);
        if (end.ExitCode is not 0)
            return end.StartError ?? (words.Line is { Length: > 0 } line ? line : "bubblewrap failed without a word");
        lock (gate)
            worked = (key, clock.GetTimestamp());
        return null;
    }
}

/// <summary>Keeps the first line a program says on stderr.</summary>
internal sealed class FirstWords : IOutputSink
{
    private const int Most = 1000;
    private readonly MemoryStream kept = new();

    /// <summary>The line; empty when it said nothing.</summary>
    public string Line => System.Text.Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length).Split('\n')[0].Trim();

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        if (stream == OutputStream.Stderr && kept.Length < Most)
            kept.Write(bytes[..(int)Math.Min(bytes.Length, Most - kept.Length)]);
    }
}
