using OpenClaw.Cluster.Tests.Load;
using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Workers;

/// <summary>The real <c>openclaw-worker</c>, which runs the witness as a process. It knows one gateway.</summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private readonly Func<ServerProcess> _launch;
    private readonly string _home;
    private ServerProcess _process;
    private string _earlier = "";

    public DaemonProcess(Uri gateway, string token, string name, string folder)
    {
        Name = name;
        _home = Path.Combine(folder, name);
        _launch = () => ServerProcess.Launch(
            Repository.Program("Worker", "openclaw-worker"), [], ("WORKER_URL", gateway.ToString()), ("WORKER_TOKEN", token), ("WORKER_NAME", name),
            ("WORKER_LABELS", TaskMix.Daemon), ("MAX_CONCURRENT", "2"), ("OPENCLAW_WORKER_HOME", _home));
        _process = _launch();
    }

    public string Name { get; }
    public string Log => _earlier + _process.Output + _process.Errors;
    public int Spooled => Directory.Exists(Path.Combine(_home, "spool")) ? Directory.GetFiles(Path.Combine(_home, "spool")).Length : 0;

    /// <summary>kill -9, and another on the same home, which takes up what ran on.</summary>
    public async Task<Restart> DieAndComeBack()
    {
        var begin = History.Now;
        await _process.Kill();
        _earlier = Log;
        await _process.DisposeAsync();
        _process = _launch();
        return new Restart(Name, begin, History.Now);
    }

    /// <summary>Ends it in good order.</summary>
    public Task Finish() => _process.Signal("TERM");

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
