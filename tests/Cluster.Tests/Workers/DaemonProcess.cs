using OpenClaw.Cluster.Tests.Load;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Workers;

/// <summary>The real <c>openclaw-worker</c>, which runs the witness as a process. It knows one gateway.</summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly string _home;

    public DaemonProcess(Uri gateway, string token, string name, string folder)
    {
        Name = name;
        _home = Path.Combine(folder, name);
        _process = ServerProcess.Launch(
            Repository.Program("Worker", "openclaw-worker"), [], ("WORKER_URL", gateway.ToString()), ("WORKER_TOKEN", token), ("WORKER_NAME", name),
            ("WORKER_LABELS", TaskMix.Daemon), ("MAX_CONCURRENT", "2"), ("OPENCLAW_WORKER_HOME", _home));
    }

    public string Name { get; }
    public string Log => _process.Output + _process.Errors;
    public int Spooled => Directory.Exists(Path.Combine(_home, "spool")) ? Directory.GetFiles(Path.Combine(_home, "spool")).Length : 0;

    public Task Kill() => _process.Kill();

    /// <summary>Ends it in good order.</summary>
    public Task Finish() => _process.Signal("TERM");

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
