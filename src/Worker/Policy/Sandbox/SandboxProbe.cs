using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Policy.Sandbox;

/// <summary>
/// Tries a sandbox before a task goes into it: the same arguments around a program that does nothing. So one that can't be made is a
/// rejection with bubblewrap's own words, and not a task that failed.
/// </summary>
internal sealed class SandboxProbe(TimeProvider clock)
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private const int LongestHelp = 64 * 1024;
    private static readonly Dictionary<string, string> NoVariables = [];
    private readonly Lock gate = new();
    private (string Arguments, long At)? worked;
    private (string Program, DateTime Written, bool Takes)? known;

    /// <summary>
    /// True when this bubblewrap can be given folders open (0.10, and older ones with the mend of CVE-2024-42472). Throws when cancelled,
    /// once the trial has ended.
    /// </summary>
    public async Task<bool> SupportsOpenFolders(string bubblewrap, DateTime written, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (known is { } status && status.Program == bubblewrap && status.Written == written) return status.Takes;
        }
        var words = new OutputHead(OutputStream.Stdout, LongestHelp);
        await RunProgram([bubblewrap, "--help"], new ProcessSpec { Argv = [], Environment = NoVariables, WorkingDirectory = "/" },
            words, cancellation);
        var takes = words.Text.Contains("--ro-bind-fd", StringComparison.Ordinal);
        lock (gate)
            known = (bubblewrap, written, takes);
        return takes;
    }

    /// <summary>Null: it works; else why not, a sentence. Throws when cancelled, once the trial has ended.</summary>
    /// <param name="sandbox">bubblewrap with its arguments, and the folders it gets.</param>
    /// <param name="cancellation">Ends the trial.</param>
    public async Task<string?> FindError(ProcessSpec sandbox, CancellationToken cancellation)
    {
        var key = string.Join('\0', sandbox.Argv.Concat(sandbox.Folders.Select(folder => folder.ToString())));
        lock (gate)
        {
            if (worked is { } last && last.Arguments == key && clock.GetElapsedTime(last.At) < Fresh) return null;
        }
        var words = new OutputHead();
        string[] tried = [.. sandbox.Argv, File.Exists("/bin/true") ? "/bin/true" : "/usr/bin/true"];
        var end = await RunProgram(tried, sandbox, words, cancellation);
        if (end.ExitCode is not 0)
            return end.StartError ?? (words.Line is { Length: > 0 } line ? line : "bubblewrap failed without an error message");
        lock (gate)
            worked = (key, clock.GetTimestamp());
        return null;
    }

    private async Task<ProcessEnd> RunProgram(
        IReadOnlyList<string> argv, ProcessSpec like, IOutputSink words, CancellationToken cancellation)
    {
        using var stop = new AttemptStop();
        await using var cancelled = cancellation.Register(() => stop.Request(StopReason.Cancel));
        await using var timer = clock.CreateTimer(_ => stop.Request(StopReason.Timeout), null, ProbeTimeout, Timeout.InfiniteTimeSpan);
        var spec = new ProcessSpec
        {
            Argv = argv, Environment = NoVariables, WorkingDirectory = like.WorkingDirectory, Folders = like.Folders,
        };
        var end = await new ProcessRunner(clock).RunProgram(spec, words, stop, TimeSpan.Zero);
        cancellation.ThrowIfCancellationRequested();
        return end;
    }
}

/// <summary>Keeps the beginning of what a program prints, else of what it says on standard error.</summary>
internal sealed class OutputHead(OutputStream from = OutputStream.Stderr, int most = 1000) : IOutputSink
{
    private readonly MemoryStream kept = new();

    public string Text => System.Text.Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);

    /// <summary>The line; empty when it printed nothing.</summary>
    public string Line => Text.Split('\n')[0].Trim();

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        if (stream == from && kept.Length < most) kept.Write(bytes[..(int)Math.Min(bytes.Length, most - kept.Length)]);
    }
}
