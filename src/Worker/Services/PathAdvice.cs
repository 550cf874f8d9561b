using OpenClaw.Worker.Execution;

namespace OpenClaw.Worker.Services;

/// <summary>Where commands are looked for, in this terminal and in the next one, and the shell that decides it.</summary>
internal sealed record SearchPath
{
    public required string Here { get; init; }
    /// <summary>PATH that a login shell gives; null: not known.</summary>
    public string? Login { get; init; }
    public required string Shell { get; init; }
    public required string UserHome { get; init; }
    public required Func<string, bool> Exists { get; init; }

    /// <summary>As it is here; the login shell is asked for what it gives.</summary>
    public static async Task<SearchPath> FromThisProcess()
    {
        var user = UserEnvironment.CreateForProcess(TimeProvider.System);
        var login = await user.GetVariables();
        return new SearchPath
        {
            Here = Environment.GetEnvironmentVariable("PATH") ?? "",
            Login = user.LoginShellAnswered ? login.GetValueOrDefault("PATH") : null,
            Shell = user.Shell,
            UserHome = user.Home,
            Exists = File.Exists,
        };
    }
}

/// <summary>What to do so that the command's name alone is enough. Pure.</summary>
internal static class PathAdvice
{
    private static readonly string[] BashProfiles = [".bash_profile", ".bash_login"];

    /// <summary>Sentences with commands to paste; none when it is enough already, here and in the next terminal.</summary>
    public static IReadOnlyList<string> GetSentences(string command, SearchPath path)
    {
        var (folder, name) = (Path.GetDirectoryName(command)!, Path.GetFileName(command));
        if (OperatingSystem.IsWindows())
            return SplitFolders(path.Here).Contains(folder, StringComparer.OrdinalIgnoreCase) ? [] : [FormatPowerShell(folder)];
        var before = SplitFolders(path.Here).TakeWhile(other => other != folder)
            .FirstOrDefault(other => path.Exists(Path.Combine(other, name)));
        if (before is not null)
        {
            return [$"{name} in this terminal is {Path.Combine(before, name)}, not {command}: remove that one, "
                + $"or put {folder} before it in PATH"];
        }
        var here = SplitFolders(path.Here).Contains(folder);
        var login = path.Login is { } known ? SplitFolders(known).Contains(folder) : here;
        var shown = ShortenHome(folder, path.UserHome);
        var advice = new List<string>();
        if (!login)
            advice.Add($"{shown} is not in PATH, so {name} alone is not found: {DescribeProfileChange(shown, path)}");
        if (!here)
            advice.Add($"{(login ? $"a new terminal finds {name}; in this one" : "in this terminal as well")}: {FormatExport(shown)}");
        return advice;
    }

    /// <summary>The file that this shell reads at a login, and the line to add to it.</summary>
    private static string DescribeProfileChange(string folder, SearchPath path) => Path.GetFileName(path.Shell) switch
    {
        "fish" => $"fish_add_path \"{folder}\"",
        "zsh" => FormatAppend(folder, ".zshrc"),
        // bash reads the first of these that is there, and no other.
        "bash" => FormatAppend(folder, BashProfiles.FirstOrDefault(file => path.Exists(Path.Combine(path.UserHome, file))) ?? ".profile"),
        _ => FormatAppend(folder, ".profile"),
    };

    /// <summary>setx would cut a long one off.</summary>
    private static string FormatPowerShell(string folder) =>
        $"{folder} is not in PATH. In PowerShell: [Environment]::SetEnvironmentVariable('Path', "
        + $"[Environment]::GetEnvironmentVariable('Path', 'User') + ';{folder}', 'User')";

    private static string FormatAppend(string folder, string file) => $"echo '{FormatExport(folder)}' >> ~/{file}";

    private static string FormatExport(string folder) => $"export PATH=\"{folder}:$PATH\"";

    private static string ShortenHome(string folder, string userHome) =>
        folder.StartsWith(userHome + "/", StringComparison.Ordinal) ? "$HOME" + folder[userHome.Length..] : folder;

    private static string[] SplitFolders(string path) => path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
}
