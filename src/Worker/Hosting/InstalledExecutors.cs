using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Commands;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Polling;

namespace OpenClaw.Worker.Hosting;

/// <summary>Whose tasks run here, and what can run them: the person, the executors, the agents that are found on this PC.</summary>
internal sealed class InstalledExecutors
{
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(5);
    private readonly DaemonContext daemon;
    private readonly ConfiguredAgents agents;

    public InstalledExecutors(DaemonContext daemon)
    {
        this.daemon = daemon;
        var fileSystem = new FileSystemCalls(FileSystemCalls.MaxHangingForTasks, daemon.Clock);
        User = UserEnvironment.CreateForProcess(daemon.Clock, daemon.Log.ShellReplaced);
        var settings = daemon.Resources.Owner.Settings;
        agents = new ConfiguredAgents(settings, daemon.Options.Home, (program, own) =>
            fileSystem.RunWithTimeout(() => ConfiguredAgents.FindProgram(program, own), null, LookupTimeout));
        Catalog = new ExecutorCatalog([new CommandExecutor(), .. ConfiguredExecutors.CreateAll(settings), .. agents.Executors]);
    }

    public UserEnvironment User { get; }
    public ExecutorCatalog Catalog { get; }

    public SessionScan CreateSessionScan() => new(agents.CreateRecentSessions(User), daemon.Clock, daemon.Log);
}
