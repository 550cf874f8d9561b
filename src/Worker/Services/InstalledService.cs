using OpenClaw.Worker.Services.Platforms;

namespace OpenClaw.Worker.Services;

/// <summary>A service that <c>install</c> made on this PC.</summary>
/// <param name="File">Its unit, agent or task.</param>
/// <param name="Home">Home of its daemon.</param>
/// <param name="Start">Command that starts it.</param>
/// <param name="Log">Command or file that says why it ended.</param>
internal sealed record InstalledService(string File, string Home, string Start, string Log)
{
    /// <summary>What goes before a command that is about it.</summary>
    public string Prefix => Home == SystemdService.SystemHome ? "sudo " : "";

    /// <summary>The one whose daemon has this home.</summary>
    public static InstalledService? FindByHome(string userHome, string home) =>
        FindAll(userHome).FirstOrDefault(service => service.Home == Path.GetFullPath(home));

    /// <summary>A service of this account that serves another home.</summary>
    public static InstalledService? FindOther(string userHome, string home) =>
        FindAll(userHome).FirstOrDefault(service => service.Home != Path.GetFullPath(home));

    private static IEnumerable<InstalledService> FindAll(string userHome)
    {
        if (OperatingSystem.IsLinux())
        {
            var services = new[] { FindSystemd(system: false, userHome), FindSystemd(system: true, userHome) }.OfType<InstalledService>()
                .ToArray();
            return services.Length > 0 ? services : FindBackground(userHome);
        }
        var home = Path.Combine(userHome, ".openclaw", "worker");
        var file = OperatingSystem.IsMacOS() ? LaunchdAgent.GetFilePath(userHome) : LogonTask.GetFilePath(home);
        var start = OperatingSystem.IsMacOS()
            ? $"launchctl kickstart gui/$(id -u)/{LaunchdAgent.Label}"
            : $"schtasks /Run /TN {LogonTask.Name}";
        var log = OperatingSystem.IsMacOS() ? LaunchdAgent.GetErrorPath(home) : Path.Combine(home, "logs", "worker.log");
        return System.IO.File.Exists(file) ? [new InstalledService(file, home, start, log)] : [];
    }

    /// <summary>What --no-service leaves: the command, and settings in the home it was installed for.</summary>
    private static InstalledService[] FindBackground(string userHome)
    {
        var command = ProgramPlacement.CreateFor("linux", machine: false, userHome, source: null).Command;
        var home = WorkerArguments.ChooseHome(Environment.GetEnvironmentVariable, userHome);
        return System.IO.File.Exists(command) && System.IO.File.Exists(Path.Combine(home, VariableFile.Name))
            ? [new InstalledService(command, home, BackgroundDaemon.FormatStartCommand([command], home),
                Path.Combine(home, "logs", "worker.log"))]
            : [];
    }

    private static InstalledService? FindSystemd(bool system, string userHome)
    {
        var file = SystemdService.GetFilePath(system, userHome);
        try
        {
            var started = System.IO.File.ReadLines(file).FirstOrDefault(line => line.StartsWith("ExecStart=", StringComparison.Ordinal));
            return started is null ? null : new InstalledService(file, SystemdService.ParseHome(started),
                $"{(system ? "sudo systemctl" : "systemctl --user")} start {SystemdService.Unit}", SystemdService.GetLogCommand(system));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
