namespace OpenClaw.Worker.Services;

/// <summary>Folders that an installation made, so that they can go again with it.</summary>
internal sealed class CreatedFolders
{
    private readonly Stack<string> made = [];

    /// <summary>Makes a folder and all above it that are missing.</summary>
    /// <param name="folder">Which.</param>
    /// <param name="mode">Mode of each that is made, whatever the umask; null: as the umask says.</param>
    public void CreateMissing(string folder, UnixFileMode? mode = null)
    {
        if (Directory.Exists(folder)) return;
        if (Path.GetDirectoryName(folder) is { } above) CreateMissing(above, mode);
        Directory.CreateDirectory(folder);
        made.Push(folder);
        if (mode is { } wanted && !OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, wanted);
    }

    /// <summary>The innermost first; what somebody else has put something into stays. Throws what file calls throw.</summary>
    public void RemoveEmpty()
    {
        while (made.TryPop(out var folder))
        {
            if (Directory.Exists(folder) && Directory.GetFileSystemEntries(folder).Length == 0)
                Directory.Delete(folder);
        }
    }
}
