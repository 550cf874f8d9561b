namespace OpenClaw.Worker.Execution.Agents;

/// <summary>Finds the program of an agent, as the person's own environment says.</summary>
internal static class AgentHome
{
    /// <summary>
    /// The owner's setting, the agent's variable, PATH, then where its installers put it (a service's PATH often lacks those). Null when it
    /// is nowhere.
    /// </summary>
    public static string? FindProgram(
        AgentProgram program, AgentSettings settings, IReadOnlyDictionary<string, string> environment, string home)
    {
        if ((settings.Program ?? Value(environment, program.Variable)) is { } said) return said;
        var names = OperatingSystem.IsWindows() ? [program.Name + ".exe", program.Name + ".cmd"] : new[] { program.Name };
        var folders = (Value(environment, "PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(UsualFolders(Home(environment, home), program));
        return folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(IsProgram);
    }

    /// <summary>The person's home as the environment has it.</summary>
    public static string Home(IReadOnlyDictionary<string, string> environment, string home) =>
        Value(environment, OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") ?? home;

    /// <summary>A variable that says something.</summary>
    public static string? Value(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    private static IEnumerable<string> UsualFolders(string home, AgentProgram program) =>
    [
        Path.Combine(home, ".local", "bin"),
        .. program.Folders.Select(folder => Path.Combine(home, folder)),
        Path.Combine(home, ".npm-global", "bin"),
        Path.Combine(home, ".bun", "bin"),
        Path.Combine(home, ".volta", "bin"),
        "/opt/homebrew/bin",
        "/usr/local/bin",
        "/usr/bin",
    ];

    private static bool IsProgram(string path) => File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode)0b001_001_001) != 0);
}
