namespace OpenClaw.Worker.Execution.Agents;

/// <summary>Finds the program of an agent, as the person's own environment says.</summary>
internal static class AgentEnvironment
{
    /// <summary>
    /// The owner's setting, the agent's variable, PATH, where its installers put it (a service's PATH often lacks those), and last where
    /// the worker itself found it when it started and announced it. Null when it is nowhere.
    /// </summary>
    public static FoundProgram? FindProgram(
        AgentProgram program, AgentSettings settings, IReadOnlyDictionary<string, string> environment, string home,
        FoundProgram? foundAtStart = null)
    {
        if ((settings.Program ?? FindVariable(environment, program.Variable)) is { } value) return new(value);
        var names = OperatingSystem.IsWindows() ? [program.Name + ".exe", program.Name + ".cmd"] : new[] { program.Name };
        var folders = (FindVariable(environment, "PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(ListUsualFolders(GetHome(environment, home), program));
        if (folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(IsExecutable) is { } path)
            return new(path);
        return foundAtStart is not null && IsExecutable(foundAtStart.Path) ? foundAtStart : null;
    }

    /// <summary>The person's home as the environment has it.</summary>
    public static string GetHome(IReadOnlyDictionary<string, string> environment, string home) =>
        FindVariable(environment, OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") ?? home;

    /// <summary>A variable's value; null when it is missing or empty.</summary>
    public static string? FindVariable(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    private static IEnumerable<string> ListUsualFolders(string home, AgentProgram program) =>
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

    private static bool IsExecutable(string path) => File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode)0b001_001_001) != 0);
}

/// <summary>An agent's program on this PC.</summary>
/// <param name="Path">The file.</param>
/// <param name="SearchPath">PATH of the environment it was found in, when that is not the person's: its interpreter is found there,
/// too.</param>
internal sealed record FoundProgram(string Path, string? SearchPath = null)
{
    /// <summary>The environment it is started in: the person's folders first.</summary>
    public Dictionary<string, string> AddTo(Dictionary<string, string> environment)
    {
        if (SearchPath is not { Length: > 0 } more) return environment;
        environment["PATH"] = AgentEnvironment.FindVariable(environment, "PATH") is { } own ? own + System.IO.Path.PathSeparator + more
            : more;
        return environment;
    }
}
