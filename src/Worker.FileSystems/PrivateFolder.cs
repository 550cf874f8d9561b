namespace OpenClaw.Worker.FileSystems;

/// <summary>Folders of the daemon's own, which only the owner may open.</summary>
internal static class PrivateFolder
{
    /// <summary>Makes it unless it is there; its full path. Throws IOException or UnauthorizedAccessException.</summary>
    public static string Ensure(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path).FullName
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
}
