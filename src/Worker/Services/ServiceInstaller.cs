using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Control;

namespace OpenClaw.Worker.Services;

/// <summary>The program that goes with a plan. <paramref name="Source"/> null: it is built, not published, and stays where it is.</summary>
internal sealed record ProgramToInstall(ProgramPlacement Placement, ProgramSource? Source);

/// <summary>Does what a plan says, telling each step; or only tells it. What fails half-way is taken back.</summary>
internal sealed class ServiceInstaller(ServicePlan plan, ProgramToInstall program, Terminal terminal)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);
    private readonly ReplacedFiles files = new();
    private readonly InstalledProgram installed = new(program.Placement);
    private readonly DaemonReplacer daemon = new(plan.Home, terminal);

    public int ShowPlan(bool installs)
    {
        if (installs && program.Source is { } source)
            terminal.Out.WriteLine($"# copies {source.File} to {program.Placement.File}\n# links {program.Placement.Command} to it\n");
        foreach (var file in installs ? plan.Files : [])
        {
            terminal.Out.WriteLine($"# {file.Path}{(file.Secret ? " (only its owner may read it)" : "")}");
            terminal.Out.WriteLine(file.Secret ? HideValues(file.Content) : file.Content);
        }
        IEnumerable<string[]> commands = installs ? plan.Prepare.Concat(plan.Start) : plan.Stop;
        foreach (var command in commands)
            terminal.Out.WriteLine($"$ {FormatCommand(command)}");
        if (!installs)
        {
            foreach (var path in plan.Files.Where(file => !file.Secret).Select(file => file.Path).Append(program.Placement.Command))
                terminal.Out.WriteLine($"# removes {path}");
        }
        PrintNotes(installs);
        return VerbExit.Done;
    }

    /// <summary>
    /// The daemon that answers once it is connected; one that is not, or null, when it is not after some seconds. <c>Failed</c>: nothing is
    /// installed, and the reason was printed.
    /// </summary>
    public async Task<(bool Failed, WorkerStatus? Daemon)> Install()
    {
        if (!plan.IsService && await daemon.CheckOwnTask() is { } rejection)
        {
            ReportErrors(rejection);
            return (true, null);
        }
        if ((WriteFiles()
            ?? await RunCommand(plan.Prepare) ?? await StartDaemon()) is { } error)
        {
            await UndoInstall(error);
            return (true, null);
        }
        var status = await daemon.WaitUntilConnected(StartTimeout);
        if (status is null && installed.Before is { } before && before != program.Placement.File)
        {
            await UndoInstall($"no daemon answers from the new program; {plan.Log} says why");
            return (true, null);
        }
        installed.RemoveOldVersions();
        return (false, status);
    }

    /// <summary>Goes on when the service is missing; stops when a daemon still runs.</summary>
    public async Task<int> Uninstall()
    {
        var services = plan.Files.Where(file => !file.Secret && File.Exists(file.Path)).Select(file => file.Path).ToArray();
        if (services.Length > 0 && await daemon.CheckOwnTask() is { } rejection)
        {
            ReportErrors(rejection);
            return VerbExit.No;
        }
        if (services.Length > 0) await ReportErrors(plan.Stop);
        if (await daemon.WaitUntilConnected(TimeSpan.Zero) is { } running)
        {
            ReportErrors(
                $"nothing was removed: a daemon still runs as process {running.Pid}; end it: {terminal.ProgramTyped} drain --wait");
            return VerbExit.No;
        }
        try
        {
            foreach (var path in services.Concat(plan.Links).Where(IsThere))
                File.Delete(path);
            var removed = services.Concat(installed.RemoveAll()).ToArray();
            foreach (var path in removed.DefaultIfEmpty("nothing: nothing is installed here"))
                terminal.Out.WriteLine($"removed {path}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            ReportErrors($"not everything can be removed: {error.Message}");
            return VerbExit.No;
        }
        if (services.Length > 0) await ReportErrors(plan.Forget);
        PrintNotes(installs: false);
        return VerbExit.Done;
    }

    private string? WriteFiles()
    {
        if (program.Source is { } source)
        {
            if (installed.PutInPlace(source) is { } error) return error;
            terminal.Out.WriteLine($"wrote {program.Placement.Command} (version {source.Version})");
        }
        foreach (var file in plan.Files)
        {
            if (files.WriteFile(file) is { } error) return error;
            terminal.Out.WriteLine($"wrote {file.Path}");
        }
        return null;
    }

    private async Task<string?> StartDaemon()
    {
        if (await daemon.StopRunning(plan.IsService) is { } error) return error;
        await RunSilently(plan.Clear);
        return await RunCommand(plan.Start);
    }

    /// <summary>What was there before runs again; of what was not, nothing is left.</summary>
    private async Task UndoInstall(string error)
    {
        ReportErrors(error);
        var hadOne = files.HadAny || daemon.WasRunning;
        if (!hadOne) await RunSilently(plan.Stop);
        foreach (var complaint in files.Undo().Concat(hadOne ? [] : DeleteLinks()))
            ReportErrors(complaint);
        installed.Undo();
        await RunSilently(plan.Forget);
        if (hadOne)
        {
            await RunSilently(plan.Clear);
            await RunSilently(plan.Start);
        }
        ReportErrors(hadOne ? "not installed: everything is again as it was before"
            : "not installed: what had been written is removed again");
    }

    private IEnumerable<string> DeleteLinks()
    {
        foreach (var link in plan.Links)
        {
            string? complaint = null;
            try
            {
                if (IsThere(link)) File.Delete(link);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                complaint = $"{link} can't be removed: {error.Message}";
            }
            if (complaint is not null) yield return complaint;
        }
    }

    /// <summary>What the person has to know.</summary>
    public void PrintNotes(bool installs)
    {
        var settings = string.Join(", ", plan.Files.Where(file => file.Secret).Select(file => file.Path));
        foreach (var note in installs ? plan.Notes : [$"kept: {settings} with the token, and the home folder {plan.Home}"])
            terminal.Out.WriteLine($"note: {note}");
    }

    private async Task<string?> RunCommand(IReadOnlyList<string[]> commands)
    {
        foreach (var command in commands)
        {
            if (await RunCommand(command) is { } error) return error;
        }
        return null;
    }

    private async Task<string?> RunCommand(string[] command)
    {
        terminal.Out.WriteLine($"$ {FormatCommand(command)}");
        return await terminal.Command(command) switch
        {
            { ExitCode: 0 } => null,
            null => $"{command[0]} can't be started",
            var answer => $"{FormatCommand(command)} failed ({answer.ExitCode}): {answer.Text.Trim()}",
        };
    }

    /// <summary>Each is tried, whatever becomes of the one before.</summary>
    private async Task ReportErrors(IReadOnlyList<string[]> commands)
    {
        foreach (var command in commands)
        {
            if (await RunCommand(command) is { } error) ReportErrors(error);
        }
    }

    private void ReportErrors(string sentence) => terminal.Error.WriteLine(sentence);

    private async Task RunSilently(IReadOnlyList<string[]> commands)
    {
        foreach (var command in commands)
            await terminal.Command(command);
    }

    /// <summary>True also for a link that leads nowhere.</summary>
    private static bool IsThere(string path) => File.Exists(path) || new FileInfo(path).LinkTarget is not null;

    /// <summary>As it can be pasted: a line for the shell is shown as that line.</summary>
    private static string FormatCommand(string[] command) => command is ["/bin/sh", "-c", var line] ? line : string.Join(' ', command);

    private static string HideValues(string content) => string.Concat(content.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => $"{line[..line.IndexOf('=', StringComparison.Ordinal)]}=...\n"));
}
