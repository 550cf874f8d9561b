namespace OpenClaw.Worker.Execution.Claude;

/// <summary>Where Claude Code and its files are, as its own environment says.</summary>
internal static class ClaudeHome
{
    /// <summary>The folder of its settings and sessions: CLAUDE_CONFIG_DIR, else <c>~/.claude</c>.</summary>
    public static string ConfigFolder(IReadOnlyDictionary<string, string> environment, string home) =>
        Value(environment, "CLAUDE_CONFIG_DIR") ?? Path.Combine(Home(environment, home), ".claude");

    /// <summary>
    /// The CLI: the owner's setting, CLAUDE_PATH, PATH, then where its installers put it (a service's PATH often lacks those).
    /// Null when it is nowhere.
    /// </summary>
    public static string? FindProgram(ClaudeSettings settings, IReadOnlyDictionary<string, string> environment, string home)
    {
        if ((settings.Program ?? Value(environment, "CLAUDE_PATH")) is { } said) return said;
        var names = OperatingSystem.IsWindows() ? ["claude.exe", "claude.cmd"] : new[] { "claude" };
        var folders = (Value(environment, "PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(UsualFolders(Home(environment, home)));
        return folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(IsProgram);
    }

    private static IEnumerable<string> UsualFolders(string home) =>
    [
        Path.Combine(home, ".local", "bin"),
        Path.Combine(home, ".claude", "local"),
        Path.Combine(home, ".npm-global", "bin"),
        Path.Combine(home, ".bun", "bin"),
        Path.Combine(home, ".volta", "bin"),
        "/opt/homebrew/bin",
        "/usr/local/bin",
        "/usr/bin",
    ];

    private static bool IsProgram(string path) => File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode)0b001_001_001) != 0);

    private static string Home(IReadOnlyDictionary<string, string> environment, string home) =>
        Value(environment, OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") ?? home;

    private static string? Value(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
