namespace OpenClaw.Worker.Execution;

/// <summary>
/// Which program runs the text of a command. Accounts that nobody logs in to have one that is no shell: it would end at once, with success
/// or without, and nothing of the text would have run.
/// </summary>
/// <param name="Path">The shell.</param>
/// <param name="Notice">For people: what was named and is not used; null: the first that was named is used.</param>
internal sealed record ShellChoice(string Path, string? Notice)
{
    /// <summary>The shell when no other can be started.</summary>
    public const string Fallback = "/bin/sh";

    private static readonly HashSet<string> Shells =
        ["sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "ksh93", "mksh", "yash", "fish", "csh", "tcsh", "nu", "elvish", "xonsh",
            "pwsh"];

    private static readonly HashSet<string> NoShells =
    [
        "true", "false", "nologin", "sync", "shutdown", "halt", "poweroff", "reboot", "git-shell", "scponly", "rssh", "sftp-server",
        "internal-sftp",
    ];

    /// <summary>True of a program that is known to run the text of a command, so that it need not be tried.</summary>
    public static bool IsKnown(string path) => OperatingSystem.IsWindows() || Shells.Contains(System.IO.Path.GetFileName(path));

    /// <summary>True of a program that is known to run no text.</summary>
    public static bool IsKnownNonShell(string path) => NoShells.Contains(System.IO.Path.GetFileName(path));

    /// <summary>The first that is a shell. Pure but for what it asks.</summary>
    /// <param name="named">Those that are named, the first before the others, and by whom.</param>
    /// <param name="exists">The file is there.</param>
    /// <param name="runsText">Tries a program that is not known by its name.</param>
    public static ShellChoice FromCandidates(
        IEnumerable<(string Source, string? Path)> named, Func<string, bool> exists, Func<string, bool> runsText)
    {
        var notices = new List<string>();
        foreach (var (source, path) in named)
        {
            if (path is not { Length: > 0 }) continue;
            var error = !System.IO.Path.IsPathRooted(path) ? "is no absolute path"
                : IsKnownNonShell(path) ? "is no shell"
                : !exists(path) ? "is not there"
                : IsKnown(path) || runsText(path) ? null : "runs no commands";
            if (error is null) return new ShellChoice(path, DescribeNotices(notices, path));
            notices.Add($"{path} ({source}) {error}");
        }
        return new ShellChoice(Fallback, DescribeNotices(notices, Fallback));
    }

    private static string? DescribeNotices(List<string> notices, string used) =>
        notices.Count == 0 ? null : $"{string.Join(", ", notices)}: commands run in {used}";
}

/// <param name="Exists">The file is there.</param>
/// <param name="RunsText">Starts a program to see whether it runs the text of a command; takes seconds at most.</param>
/// <param name="Replaced">Called with a notice for people when a named shell is not used; null: no notices.</param>
internal sealed record ShellProbe(Func<string, bool> Exists, Func<string, Task<bool>> RunsText, Action<string>? Replaced)
{
    /// <summary>Looks only whether the file is there, and starts nothing.</summary>
    public static ShellProbe ByName { get; } = new(File.Exists, _ => Task.FromResult(true), null);
}
