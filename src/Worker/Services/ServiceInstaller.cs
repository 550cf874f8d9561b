using System.Text;
using OpenClaw.Worker.Cli;

namespace OpenClaw.Worker.Services;

/// <summary>Does what a plan says, telling each step; or only tells it.</summary>
internal sealed class ServiceInstaller(ServicePlan plan, Terminal terminal)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public int Show(bool installs)
    {
        foreach (var file in installs ? plan.Files : [])
        {
            terminal.Out.WriteLine($"# {file.Path}{(file.Secret ? " (only its owner may read it)" : "")}");
            terminal.Out.WriteLine(file.Secret ? Hidden(file.Content) : file.Content);
        }
        foreach (var command in installs ? plan.Start : plan.Stop)
            terminal.Out.WriteLine($"$ {string.Join(' ', command)}");
        if (!installs)
        {
            foreach (var file in plan.Files.Where(file => !file.Secret))
                terminal.Out.WriteLine($"# removes {file.Path}");
        }
        Tell(installs);
        return VerbExit.Done;
    }

    public async Task<int> Install()
    {
        foreach (var file in plan.Files)
        {
            if (Write(file) is { } error)
            {
                terminal.Error.WriteLine(error);
                return VerbExit.No;
            }
            terminal.Out.WriteLine($"wrote {file.Path}");
        }
        foreach (var command in plan.Start)
        {
            if (!await Run(command).ConfigureAwait(false))
                return VerbExit.No;
        }
        Tell(installs: true);
        return VerbExit.Done;
    }

    /// <summary>A service that is not there is no reason to stop.</summary>
    public async Task<int> Uninstall()
    {
        foreach (var command in plan.Stop)
            await Run(command).ConfigureAwait(false);
        foreach (var file in plan.Files.Where(file => !file.Secret && File.Exists(file.Path)))
        {
            try
            {
                File.Delete(file.Path);
                terminal.Out.WriteLine($"removed {file.Path}");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                terminal.Error.WriteLine($"{file.Path} can't be removed: {error.Message}");
                return VerbExit.No;
            }
        }
        foreach (var command in plan.Forget)
            await Run(command).ConfigureAwait(false);
        Tell(installs: false);
        return VerbExit.Done;
    }

    private void Tell(bool installs)
    {
        foreach (var note in installs ? plan.Notes : [$"kept: {string.Join(", ", plan.Files.Where(file => file.Secret).Select(file => file.Path))} and the home folder"])
            terminal.Out.WriteLine($"note: {note}");
    }

    private async Task<bool> Run(string[] command)
    {
        terminal.Out.WriteLine($"$ {string.Join(' ', command)}");
        var answer = await terminal.Command(command).ConfigureAwait(false);
        if (answer is { ExitCode: 0 })
            return true;
        terminal.Error.WriteLine(answer is null ? $"{command[0]} can't be started" : $"{command[0]} failed ({answer.ExitCode}): {answer.Text.Trim()}");
        return false;
    }

    private static string? Write(ServiceFile file)
    {
        var mode = file.Secret ? OwnerOnly : OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        try
        {
            var folder = Path.GetDirectoryName(file.Path)!;
            if (OperatingSystem.IsWindows() || !file.Secret)
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                // Never for a moment readable: what is there already keeps its mode otherwise.
                File.Delete(file.Path);
                options.UnixCreateMode = mode;
            }
            using var stream = new StreamWriter(file.Path, file.Wide ? Encoding.Unicode : new UTF8Encoding(false), options);
            stream.Write(file.Content);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{file.Path} can't be written: {error.Message}";
        }
    }

    private static string Hidden(string content) => string.Concat(content.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => $"{line[..line.IndexOf('=', StringComparison.Ordinal)]}=...\n"));
}
