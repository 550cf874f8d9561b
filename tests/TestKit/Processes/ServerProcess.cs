using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OpenClaw.TestKit.Processes;

/// <summary>A built program of the product, started as a person starts it: what it says, its signals, its end.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>The login shell of a worker under test.</summary>
    public const string Shell = "/bin/sh";

    /// <summary>Minutes, for a machine that is busy with other things.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly string[] Ours =
        ["WORKER_", "OPENCLAW_", "ConnectionStrings__", "OTEL_", "MAX_CONCURRENT", "LONG_POLL_WAIT", "DRAIN_TIMEOUT"];
    private readonly Process process;
    private readonly bool isFirst;
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentQueue<string> errors = new();
    private readonly TaskCompletionSource<string> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(string program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment, bool isFirst)
    {
        Name = Path.GetFileName(program);
        this.isFirst = isFirst;
        string[] around = isFirst ? PidNamespace.Around : [];
        // A run that was put into the background ignores SIGINT and hands that on; a person's terminal does not.
        var start = new ProcessStartInfo("perl", ["-e", "$SIG{INT}='DEFAULT'; exec @ARGV", .. around, program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Nothing of the settings of whoever runs the tests.
        foreach (var name in start.Environment.Keys.Where(n => Ours.Any(o => n.StartsWith(o, StringComparison.Ordinal))).ToList())
            start.Environment.Remove(name);
        // Nor their start-up files: a worker asks the login shell, and theirs may take as long as it likes.
        start.Environment["SHELL"] = Shell;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        this.process = new Process { StartInfo = start, EnableRaisingEvents = true };
        this.process.OutputDataReceived += (_, line) => ReadLine(line.Data);
        this.process.ErrorDataReceived += (_, line) => { if (line.Data is not null) errors.Enqueue(line.Data); };
        this.process.Exited += async (_, _) => await EndedBeforeReady();
    }

    public string Name { get; }
    /// <summary>The program's; where it is process 1 of its own namespace, as it is called outside.</summary>
    public int Id => this.isFirst ? PidNamespace.FirstOf(this.process.Id) : this.process.Id;
    public bool HasExited => this.process.HasExited;
    public string Output => string.Join('\n', output);
    public string Errors => string.Join('\n', errors);
    public IEnumerable<string> Lines => output;
    public IEnumerable<string> ErrorLines => errors;

    /// <summary>Starts it and waits for nothing.</summary>
    public static ServerProcess Launch(
        string program, IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment) =>
        Launch(new ServerProcess(program, arguments, environment, isFirst: false));

    /// <summary>Starts it as a container does, as process 1 of a namespace of its own, which signals of its own can't end.</summary>
    public static ServerProcess LaunchFirst(
        string program, IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment) =>
        Launch(new ServerProcess(program, arguments, environment, isFirst: true));

    private static ServerProcess Launch(ServerProcess process)
    {
        process.process.Start();
        // Nothing outlives the tests, however they end short of a kill.
        AppDomain.CurrentDomain.ProcessExit += process.EndWithUs;
        process.process.BeginOutputReadLine();
        process.process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Its line that begins with "Ready"; fails when it ends before.</summary>
    public async Task<string> Ready()
    {
        try
        {
            return await ready.Task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new IOException($"{Name} was not ready within {Limit.TotalSeconds} s.\n{Output}\n{Errors}");
        }
    }

    public async Task Kill()
    {
        this.process.Kill();
        await this.process.WaitForExitAsync().WaitAsync(Limit);
    }

    /// <summary>Sends a signal by name: TERM, STOP, CONT.</summary>
    public Task Send(string signal)
    {
        // Not by a program, which takes seconds to start on a busy machine: two signals are to come together, and what is measured is
        // short.
        var failed = KillProcess(Id, NumberOf(signal)) != 0;
        Assert.False(failed, $"{signal} to {Name}: error {Marshal.GetLastPInvokeError()}");
        return Task.CompletedTask;
    }

    /// <summary>Sends a signal and waits for the end; the exit code and how long it took.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> Signal(string name)
    {
        var begin = Stopwatch.GetTimestamp();
        await Send(name);
        return (await Exit(), Stopwatch.GetElapsedTime(begin));
    }

    public async Task<int> Exit()
    {
        await this.process.WaitForExitAsync().WaitAsync(Limit);
        return this.process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!this.process.HasExited) await Kill();
        AppDomain.CurrentDomain.ProcessExit -= EndWithUs;
        _ = ready.Task.Exception;
        this.process.Dispose();
    }

    /// <summary>Not before its last words are read.</summary>
    private async Task EndedBeforeReady()
    {
        if (ready.Task.IsCompleted) return;
        await this.process.WaitForExitAsync().WaitAsync(Limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ready.TrySetException(new IOException($"{Name} ended before it was ready.\n{Errors}"));
    }

    private void EndWithUs(object? sender, EventArgs end)
    {
        if (!this.process.HasExited) this.process.Kill();
    }

    private static int NumberOf(string signal) => signal switch
    {
        "INT" => 2,
        "KILL" => 9,
        "TERM" => 15,
        "STOP" => OperatingSystem.IsLinux() ? 19 : 17,
        "CONT" => OperatingSystem.IsLinux() ? 18 : 19,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, null),
    };

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int KillProcess(int id, int signal);

    private void ReadLine(string? line)
    {
        if (line is null) return;
        output.Enqueue(line);
        if (line.StartsWith("Ready", StringComparison.Ordinal)) ready.TrySetResult(line);
    }
}
