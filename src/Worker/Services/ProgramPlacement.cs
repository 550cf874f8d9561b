namespace OpenClaw.Worker.Services;

/// <param name="File">Where it is now: in a download folder, perhaps.</param>
/// <param name="Version">What it says of itself.</param>
/// <param name="Digest">Beginning of its SHA-256, so that two builds of one version differ.</param>
internal sealed record ProgramSource(string File, string Version, string Digest);

/// <summary>
/// Where an installed program is: each version in a folder of its own, and a command in PATH that is a link to the one in use. So an
/// update is one rename, a daemon that runs goes on starting supervisors of its own version, and the version before is still there.
/// </summary>
/// <param name="File">The version's own file.</param>
/// <param name="Command">
/// What people type and services start. On Windows, where links take a privilege, the same as <paramref name="File"/>.
/// </param>
/// <param name="Store">Folder of all versions.</param>
internal sealed record ProgramPlacement(string File, string Command, string Store)
{
    /// <summary>Every account of the PC may run it, whatever the umask of root is.</summary>
    public bool ForAll { get; init; }

    private const string Name = "openclaw-worker";

    /// <param name="system">windows, macos or linux.</param>
    /// <param name="machine">For every account of the PC.</param>
    /// <param name="userHome">Home of the person.</param>
    /// <param name="source">What is installed; null: only where to look for what was.</param>
    public static ProgramPlacement CreateFor(string system, bool machine, string userHome, ProgramSource? source)
    {
        if (system == "windows")
        {
            var folder = Path.Combine(userHome, "AppData", "Local", "Programs", Name);
            return new(Path.Combine(folder, $"{Name}.exe"), Path.Combine(folder, $"{Name}.exe"), folder);
        }
        var store = machine ? $"/usr/local/lib/{Name}" : Path.Combine(userHome, ".local", "share", Name);
        var command = machine ? $"/usr/local/bin/{Name}" : Path.Combine(userHome, ".local", "bin", Name);
        var file = source is null ? command : Path.Combine(store, $"{source.Version}-{source.Digest}", Name);
        return new(file, command, store) { ForAll = machine };
    }
}
