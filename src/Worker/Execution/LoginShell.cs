using System.Security.Cryptography;
using System.Text;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Execution;

/// <summary>Asks a login shell for the environment it gives to programs, with a time limit.</summary>
internal sealed class LoginShell(TimeProvider clock)
{
    private const int Largest = 1024 * 1024;
    private static readonly TimeSpan ShellTimeout = TimeSpan.FromSeconds(5);
    // Start-up files take locks (pyenv's outlives a SIGKILL and holds up every login for a minute): they may give them back.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Why the last one that was asked gave no environment, the rest of a sentence; null: it did, or none was asked.</summary>
    public string? Failure { get; private set; }

    /// <summary>Null when the shell fails, takes too long or answers with something else: <see cref="Failure"/> says which.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> CaptureEnvironment(string shell, IReadOnlyDictionary<string, string> start)
    {
        if (OperatingSystem.IsWindows()) return null;
        // Start-up files may print what they like: only what stands between the marks counts.
        var mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        var output = new Capture();
        using var stop = new AttemptStop();
        await using var timer = clock.CreateTimer(_ => stop.Request(StopReason.Timeout), null, ShellTimeout, Timeout.InfiniteTimeSpan);
        var home = start.GetValueOrDefault("HOME", "/");
        var isHere = await new FileSystemCalls(1, clock).RunWithTimeout(() => Directory.Exists(home), ShellTimeout);
        var spec = new ProcessSpec
        {
            Argv = [shell, "-l", "-i", "-c", $"printf %s {mark}; /usr/bin/env -0; printf %s {mark}"],
            Environment = start,
            WorkingDirectory = isHere.Value ? home : "/",
        };
        var end = await new ProcessRunner(clock).RunProgram(spec, output, stop, Grace);
        var login = end.ExitCode is 0 ? Parse(output.Text, mark) : null;
        var hasMark = output.Text.Contains(mark, StringComparison.Ordinal);
        Failure = login is null ? DescribeFailure(end, stop.Why == StopReason.Timeout, hasMark) : null;
        return login;
    }

    /// <summary>Pure.</summary>
    internal static string DescribeFailure(ProcessEnd end, bool isLate, bool hasMark) =>
        end.StartError is { } error ? $"it could not be started: {error}"
        : isLate ? "it took over 5 s, and was ended"
        : end.Signal is { } signal ? $"{signal} ended it"
        : end.ExitCode is not 0 and var code ? $"its start-up files ended it, with exit code {code}, or it takes no -l -i -c"
        : hasMark ? "it printed one without PATH" : "it ended as if all were well and printed none: it may be no shell";

    /// <summary>True when the program runs the text of a command. It reads no start-up files for that, and is ended after 5 s.</summary>
    public async Task<bool> RunsText(string shell)
    {
        var mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        var output = new Capture();
        using var stop = new AttemptStop();
        await using var timer = clock.CreateTimer(_ => stop.Request(StopReason.Timeout), null, ShellTimeout, Timeout.InfiniteTimeSpan);
        var spec = new ProcessSpec
        {
            // The text is built from two halves, so that a program that prints its arguments is no shell.
            Argv = [shell, "-c", $"printf %s%s {mark} {mark}"],
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
            WorkingDirectory = "/",
        };
        await new ProcessRunner(clock).RunProgram(spec, output, stop, TimeSpan.Zero);
        return output.Text.Contains(mark + mark, StringComparison.Ordinal);
    }

    /// <summary>The variables between the two marks; null without both or without PATH.</summary>
    public static IReadOnlyDictionary<string, string>? Parse(string text, string mark)
    {
        var parts = text.Split(mark);
        if (parts.Length != 3) return null;
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in parts[1].Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            // About that shell itself, not about the person.
            if (at > 0 && pair[..at] is not ("_" or "SHLVL" or "PWD" or "OLDPWD"))
                result[pair[..at]] = pair[(at + 1)..];
        }
        return result.ContainsKey("PATH") ? result : null;
    }

    private sealed class Capture : IOutputSink
    {
        private readonly MemoryStream kept = new();

        public string Text => Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);

        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
        {
            if (stream == OutputStream.Stdout && kept.Length + bytes.Length <= Largest) kept.Write(bytes);
        }
    }
}
