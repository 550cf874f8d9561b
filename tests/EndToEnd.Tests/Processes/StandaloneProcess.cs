using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace OpenClaw.EndToEnd.Tests.Processes;

/// <summary>The built Standalone, started as a person starts it, on a free port.</summary>
internal sealed class StandaloneProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StandaloneProcess(string data, string[] arguments, (string Name, string Value)[] environment)
    {
        Data = data;
        // A run that was put into the background ignores SIGINT and hands that on; a person's terminal does not.
        var start = new ProcessStartInfo(
            "perl", ["-e", "$SIG{INT}='DEFAULT'; exec @ARGV", Repository.Program("Standalone", "openclaw-standalone"), "--data", data, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in new[] { "WORKER_PORT", "WORKER_TOKEN", "WORKER_URL", "WORKER_NAME", "OPENCLAW_DATA" }) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Heard(line.Data);
        _process.ErrorDataReceived += (_, line) => { if (line.Data is not null) _errors.Enqueue(line.Data); };
        _process.Exited += (_, _) => _ready.TrySetException(new IOException($"It ended before it was ready.\n{Errors}"));
    }

    public string Data { get; }
    public int Id => _process.Id;
    public Uri Url => _ready.Task.Result;
    public string Output => string.Join('\n', _output);
    public string Errors => string.Join('\n', _errors);
    public string TokenOf(string role) => File.ReadLines(Path.Combine(Data, "tokens")).Single(l => l.StartsWith(role + "=", StringComparison.Ordinal))[(role.Length + 1)..];

    /// <summary>Starts it on a free port and waits for its "Ready:".</summary>
    public static Task<StandaloneProcess> Start(string data, params string[] arguments) => StartIn(data, [], arguments);

    public static async Task<StandaloneProcess> StartIn(string data, (string Name, string Value)[] environment, params string[] arguments)
    {
        var process = Launch(data, environment, ["--port", "0", .. arguments]);
        await process._ready.Task.WaitAsync(Limit);
        return process;
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public static StandaloneProcess Launch(string data, (string Name, string Value)[] environment, params string[] arguments)
    {
        var process = new StandaloneProcess(data, arguments, environment);
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Waits for the line that follows "Try it:".</summary>
    public async Task<string> PasteableLine()
    {
        await Eventually.Is(() => _output.Any(l => l.StartsWith("  curl ", StringComparison.Ordinal)), "a curl line is printed");
        return _output.Single(l => l.StartsWith("  curl ", StringComparison.Ordinal)).Trim();
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Limit);
    }

    /// <summary>Sends a signal by name and waits for the end; the exit code and how long it took.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> Signal(string name)
    {
        var begin = Stopwatch.GetTimestamp();
        await Command.Run("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        return (await Exit(), Stopwatch.GetElapsedTime(begin));
    }

    public async Task<int> Exit()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await Kill();
        _ = _ready.Task.Exception;
        _process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null) return;
        _output.Enqueue(line);
        if (line.StartsWith("Ready: ", StringComparison.Ordinal)) _ready.TrySetResult(new Uri(line[7..]));
    }
}
