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
    private readonly DaemonPlan plan;
    private readonly string token;
    private readonly string folder;
    private readonly List<string> earlier = [];
    private ServerProcess process;

    public DaemonProcess(DaemonPlan plan, Uplink uplink, string token, string folder)
    {
        (this.plan, Uplink, this.token, this.folder) = (plan, uplink, token, Path.Combine(folder, plan.Name));
        Name = plan.Name;
        Clock = new WallClock(Path.Combine(this.folder, "clock"));
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(PersonalFolder);
        if (plan.Policy is { } policy) File.WriteAllText(Path.Combine(Home, "policy.json"), policy);
        if (plan.Settings is { } settings) File.WriteAllText(Path.Combine(Home, "settings.json"), settings);
        this.process = Launch(Name, Home);
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
    public string Home => Path.Combine(this.folder, "worker");

    public string PersonalFolder => Path.Combine(this.folder, "home");

    public string Log => string.Join("\n-----\n", [.. earlier, Said()]);
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

    public bool HasExited => this.process.HasExited;
    public int Spooled => Directory.Exists(Spool) ? Directory.GetFiles(Spool).Length : 0;
    private string Spool => Path.Combine(Home, "spool");

    /// <summary>kill -9, and another on the same home a moment later, which takes up what ran on.</summary>
    public Task<Restart> KillAndReturn(TimeSpan after) => Return(this.process.Kill, after, Name);

    /// <summary>The same, and the PC has another name when it is back.</summary>
    public Task<Restart> KillAndRename(string name) => Return(this.process.Kill, TimeSpan.Zero, name);

    /// <summary>SIGTERM: it ends what runs in its time, reports, and comes back. Its exit code is that of a good end.</summary>
    public Task<Restart> StopAndReturn() => Return(Stop, TimeSpan.Zero, Name);

    public async Task Stop()
    {
        var (exitCode, took) = await this.process.Signal("TERM");
        Assert.True(exitCode == 0, $"{Name} ended with {exitCode} after {took}");
    }

    public Task Send(string signal) => this.process.Send(signal);

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
        var copy = Path.Combine(this.folder, "copy");
        await Command.Run("cp", ["-a", Home, copy]);
        await using var process = Launch(Name, copy);
        var exitCode = await process.Exit();
        Directory.Delete(copy, recursive: true);
        return (exitCode, process.Output + process.Errors);
    }

    public async ValueTask DisposeAsync() => await this.process.DisposeAsync();

    private async Task<Restart> Return(Func<Task> end, TimeSpan after, string name)
    {
        var (before, begin) = (Name, History.Now);
        await end();
        await Task.Delay(after, TimeProvider.System);
        earlier.Add(Said());
        await this.process.DisposeAsync();
        Name = name;
        this.process = Launch(name, Home);
        return new Restart(before, begin, History.Now);
    }

    private ServerProcess Launch(string name, string home)
    {
        Names.Add(name);
        return ServerProcess.Launch(
            Program, [], [
                ("WORKER_URL", Uplink.Url.ToString()), ("WORKER_TOKEN", this.token), ("WORKER_NAME", name),
                ("WORKER_LABELS", this.plan.Labels),
                ("MAX_CONCURRENT", this.plan.Slots.ToString(CultureInfo.InvariantCulture)), ("OPENCLAW_WORKER_HOME", home),
                ("HOME", PersonalFolder), .. this.plan.HasOwnClock ? Clock.Environment : [],
            ]);
    }

    private string Said() => this.process.Output + "\n" + this.process.Errors;
}
