using System.Reflection;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Attempts.Results;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Hosting;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Logging;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Supervision.Attempts;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Cgroups;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker;

/// <summary>How a daemon ended.</summary>
public static class ExitCodes
{
    /// <summary>Stopped as asked.</summary>
    public const int Stopped = 0;
    /// <summary>Options or settings are invalid, or the home folder is another PC's: a restart does not help.</summary>
    public const int Configuration = 2;
    /// <summary>Another daemon uses the home folder, or it can't be used.</summary>
    public const int Home = 3;
}

/// <summary>A worker, whole: the program is this with signals, Standalone runs it in its own process.</summary>
public static class WorkerDaemon
{
    /// <summary>Version it reports.</summary>
    public static string Version { get; } =
        typeof(WorkerDaemon).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?
            .InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>
    /// Works until <paramref name="stop"/> fires and then drains: no new work, running tasks get <see cref="WorkerOptions.DrainTimeout"/>,
    /// then they are ended and reported. Answers with one of <see cref="ExitCodes"/>. Lines for people go to <paramref name="log"/>.
    /// </summary>
    public static Task<int> RunUntilStopped(WorkerOptions options, TextWriter log, CancellationToken stop) =>
        RunUntilStopped(options, CreateLog(options, log), TimeProvider.System, stop);

    /// <summary>
    /// Takes tokens and passwords out of this process's environment, where every program of the same user can read them. For a program that
    /// has read its variables and runs a worker, before that runs tasks.
    /// </summary>
    public static void EraseSecretVariables(params IEnumerable<string> others) => Execution.SecretVariables.EraseAll(others);

    internal static async Task<int> RunUntilStopped(WorkerOptions options, WorkerLog log, TimeProvider clock, CancellationToken stop)
    {
        var (home, error) = HomeFolder.Open(options.Home);
        if (home is null) return LogStartError(log, [error!], ExitCodes.Home);
        using (home)
        using (var file = new LogFile(home.Logs))
        {
            log.AddFile(file);
            var (key, keyError) = WorkerKey.Load(home.Path, MachineId.ReadDigest());
            if (keyError is not null) return LogStartError(log, [keyError], ExitCodes.Configuration);
            using var ownKey = key;
            // Its name is what its key is for, whatever the settings say.
            if (key is not null) options = options with { Name = key.Record.Name };
            var (identity, foreign) = HomeIdentity.CreateForProcess(home, options, MachineId.ReadDigest(), log);
            if (identity is null) return LogStartError(log, [foreign!], ExitCodes.Configuration);
            var (route, routeError) = GatewayRoute.FromOptions(options);
            if (route is null) return LogStartError(log, [routeError!], ExitCodes.Configuration);
            var (owner, errors) = await LoadOwnerFiles(options, log, clock);
            if (owner is null) return LogStartError(log, errors, ExitCodes.Configuration);
            if (!OperatingSystem.IsWindows()) ChildReaper.BecomeSubreaper();
            // Before it has children: a group with others in it can't hand its limits down.
            _ = CgroupRoot.Current;
            using var journal = new AttemptJournal(home.Journal, log);
            var spool = new ResultSpool(home.Spool, clock, log);
            using var supervisors = UsesSupervisors(options)
                ? new Supervisors(new(options.Supervisor, home.Attempts, home.SupervisorSocket, options.OutputKept), journal, clock, log)
                : null;
            var recovery = new SupervisorRecovery(journal, new AttemptFolders(home.Attempts), spool, clock, log);
            var recovered = await recovery.RecoverAttempts(supervisors is not null);
            AbandonedCgroups.RemoveAll(clock.GetUtcNow());
            if (recovered.Count > 0) supervisors!.StartListening();
            using var host = new WorkerHost(options,
                new StartupResources(home, identity, new AttemptFiles(journal, spool, supervisors), owner, route) { Key = key },
                clock, log);
            host.ResumeRecovered(recovered);
            return await host.RunUntilStopped(stop);
        }
    }

    /// <summary>The folders that a policy names are looked at, and may be where nothing answers.</summary>
    private static async Task<(OwnerFiles? Files, IReadOnlyList<string> Errors)> LoadOwnerFiles(
        WorkerOptions options, WorkerLog log, TimeProvider clock)
    {
        var answer = await new FileSystemCalls(1, clock).RunWithTimeout(
            () => OwnerFiles.Load(options.Home, options.ClosedFolders, log), FileSystemCalls.DefaultTimeout);
        return answer.Completed ? answer.Value
            : (null, ["the owner's files: a folder that policy.json names is on a file system that does not answer"]);
    }

    private static WorkerLog CreateLog(WorkerOptions options, TextWriter log) =>
        new(log, TimeProvider.System, options.JsonLines, SystemLog.Open(options.SystemLog, TimeProvider.System));

    private static bool UsesSupervisors(WorkerOptions options) => options.Supervisor.Count > 0 && !OperatingSystem.IsWindows();

    private static int LogStartError(WorkerLog log, IEnumerable<string> sentences, int exitCode)
    {
        foreach (var sentence in sentences)
            log.Say(sentence);
        return exitCode;
    }
}
