using System.Globalization;
using System.Text.Json.Nodes;
using OpenClaw.Cluster.Tests.Clocks;
using OpenClaw.Cluster.Tests.Load;
using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Daemons;

/// <summary>
/// The real <c>openclaw-worker</c> on a PC of its own: a home, a name, a way to the gateways. It runs the witness as a process, which
/// outlives it.
/// </summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private readonly DaemonPlan _plan;
    private readonly string _token;
    private readonly string _folder;
    private readonly List<string> _earlier = [];
    private ServerProcess _process;

    public DaemonProcess(DaemonPlan plan, Uplink uplink, string token, string folder)
    {
        (_plan, Uplink, _token, _folder) = (plan, uplink, token, Path.Combine(folder, plan.Name));
        Name = plan.Name;
        Clock = new WallClock(Path.Combine(_folder, "clock"));
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(PersonalFolder);
        if (plan.Policy is { } policy) File.WriteAllText(Path.Combine(Home, "policy.json"), policy);
        if (plan.Settings is { } settings) File.WriteAllText(Path.Combine(Home, "settings.json"), settings);
        _process = Launch(Name, Home);
    }

    /// <summary>The binary to run instead of what was built beside the tests: the native one, in the long run.</summary>
    public static string Program { get; set; } = Repository.Program("Worker", "openclaw-worker");

    /// <summary>As it is called now.</summary>
    public string Name { get; private set; }

    /// <summary>As it was ever called.</summary>
    public HashSet<string> Names { get; } = [];

    public Uplink Uplink { get; }

    /// <summary>What it goes by where it has a clock of its own.</summary>
    public WallClock Clock { get; }

    /// <summary>The worker's own folder.</summary>
    public string Home => Path.Combine(_folder, "worker");

    public string PersonalFolder => Path.Combine(_folder, "home");

    public string Log => string.Join("\n-----\n", [.. _earlier, Said()]);
    /// <summary>When its newest line was logged, by its own clock.</summary>
    public DateTimeOffset LastLogged
    {
        get
        {
            // The last line may be half written.
            var line = File.ReadLines(Path.Combine(Home, "logs", "worker.log")).Last(text => text.EndsWith('}'));
            return DateTimeOffset.Parse(JsonNode.Parse(line)!["time"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        }
    }

    public bool HasExited => _process.HasExited;
    public int Spooled => Directory.Exists(Spool) ? Directory.GetFiles(Spool).Length : 0;
    private string Spool => Path.Combine(Home, "spool");

    /// <summary>kill -9, and another on the same home a moment later, which takes up what ran on.</summary>
    public Task<Restart> KillAndReturn(TimeSpan after) => Return(_process.Kill, after, Name);

    /// <summary>The same, and the PC has another name when it is back.</summary>
    public Task<Restart> KillAndRename(string name) => Return(_process.Kill, TimeSpan.Zero, name);

    /// <summary>SIGTERM: it ends what runs in its time, reports, and comes back. Its exit code is that of a good end.</summary>
    public Task<Restart> StopAndReturn() => Return(Stop, TimeSpan.Zero, Name);

    public async Task Stop()
    {
        var (exitCode, took) = await _process.Signal("TERM");
        Assert.True(exitCode == 0, $"{Name} ended with {exitCode} after {took}");
    }

    public Task Send(string signal) => _process.Send(signal);

    /// <summary>A signal to all of the PC's processes: the daemon, the supervisors, what they run. How many there were.</summary>
    public async Task<int> SendToAll(string signal)
    {
        var ids = PcProcesses.With($"HOME={PersonalFolder}");
        if (ids.Count > 0) await Command.Run("kill", ["-" + signal, .. ids.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        return ids.Count;
    }

    /// <summary>Another daemon on a copy of this one's home while this one runs; its exit code and what it said.</summary>
    public async Task<(int ExitCode, string Said)> RunCopy()
    {
        var copy = Path.Combine(_folder, "copy");
        await Command.Run("cp", ["-a", Home, copy]);
        await using var process = Launch(Name, copy);
        var exitCode = await process.Exit();
        Directory.Delete(copy, recursive: true);
        return (exitCode, process.Output + process.Errors);
    }

    public async ValueTask DisposeAsync() => await _process.DisposeAsync();

    private async Task<Restart> Return(Func<Task> end, TimeSpan after, string name)
    {
        var (before, begin) = (Name, History.Now);
        await end();
        await Task.Delay(after, TimeProvider.System);
        _earlier.Add(Said());
        await _process.DisposeAsync();
        Name = name;
        _process = Launch(name, Home);
        return new Restart(before, begin, History.Now);
    }

    private ServerProcess Launch(string name, string home)
    {
        Names.Add(name);
        return ServerProcess.Launch(
            Program, [], [
                ("WORKER_URL", Uplink.Url.ToString()), ("WORKER_TOKEN", _token), ("WORKER_NAME", name), ("WORKER_LABELS", _plan.Labels),
                ("MAX_CONCURRENT", _plan.Slots.ToString(CultureInfo.InvariantCulture)), ("OPENCLAW_WORKER_HOME", home),
                ("HOME", PersonalFolder), .. _plan.HasOwnClock ? Clock.Environment : [],
            ]);
    }

    private string Said() => _process.Output + "\n" + _process.Errors;
}
