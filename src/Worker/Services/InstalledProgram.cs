using System.Security.Cryptography;

namespace OpenClaw.Worker.Services;

/// <summary>
/// Puts a program in its place, and takes it away again when the rest of the installation fails. Windows' part has run nowhere.
/// </summary>
internal sealed class InstalledProgram(ProgramPlacement placement)
{
    private const UnixFileMode Runnable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const int DigestLength = 12;
    private readonly CreatedFolders folders = new();
    private bool isNew;
    private string? targetBefore;
    private string? fileBefore;

    /// <summary>What the command led to, or was, before <see cref="PutInPlace"/>; null: there was none.</summary>
    public string? Before => targetBefore ?? fileBefore;

    /// <summary>A published file and its digest; null for a build, which is many files and stays where it is.</summary>
    public static ProgramSource? FindSource(IReadOnlyList<string> program)
    {
        if (program is not [var file] || File.Exists(Path.Combine(Path.GetDirectoryName(file)!, "openclaw-worker.dll")))
            return null;
        using var content = File.OpenRead(file);
        return new ProgramSource(file, WorkerDaemon.Version, Convert.ToHexStringLower(SHA256.HashData(content))[..DigestLength]);
    }

    /// <summary>Null, or a sentence; then nothing has changed but what <see cref="Undo"/> takes back.</summary>
    public string? PutInPlace(ProgramSource source)
    {
        try
        {
            isNew = !File.Exists(placement.File) || OperatingSystem.IsWindows();
            if (isNew) CopyFile(source.File);
            if (!OperatingSystem.IsWindows()) LinkCommand(placement.File);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{placement.Command} can't be put there: {error.Message}";
        }
    }

    /// <summary>The command is again what it was. Best effort: what can't be taken back lies there unused.</summary>
    public void Undo()
    {
        try
        {
            if (targetBefore is not null)
                LinkCommand(targetBefore);
            else if (fileBefore is not null)
                File.Move(fileBefore, placement.Command, overwrite: true);
            else
                File.Delete(placement.Command);
            if (isNew && !OperatingSystem.IsWindows())
                Directory.Delete(Path.GetDirectoryName(placement.File)!, recursive: true);
            folders.RemoveEmpty();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The error that led here is reported; a second one about a file that nobody uses would hide it.
        }
    }

    /// <summary>Versions that are neither in use nor the one before are removed.</summary>
    public void RemoveOldVersions()
    {
        string?[] kept = [Path.GetDirectoryName(placement.File), Path.GetDirectoryName(Before)];
        if (OperatingSystem.IsWindows() || !Directory.Exists(placement.Store)) return;
        foreach (var version in Directory.GetDirectories(placement.Store).Except(kept))
        {
            try
            {
                Directory.Delete(version!, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It goes with the next update.
            }
        }
    }

    /// <summary>Removes the command, when it is ours, and all versions. Returns what was removed; throws what file calls throw.</summary>
    public IReadOnlyList<string> RemoveAll()
    {
        var removed = new List<string>();
        if (OperatingSystem.IsWindows() ? File.Exists(placement.Command) : IsOurs())
        {
            File.Delete(placement.Command);
            removed.Add(placement.Command);
        }
        if (Directory.Exists(placement.Store))
        {
            Directory.Delete(placement.Store, recursive: true);
            removed.Add(placement.Store);
        }
        return removed;
    }

    /// <summary>The command is a link into the folder of versions; another file of this name is the person's own.</summary>
    private bool IsOurs() => GetLinkTarget(placement.Command) is { } target
        && target.StartsWith(placement.Store + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string? GetLinkTarget(string path) => new FileInfo(path).LinkTarget;

    /// <summary>Whole or not at all, also after a power cut: a service that starts with the machine must not find half a program.</summary>
    private void CopyFile(string source)
    {
        var folder = Path.GetDirectoryName(placement.File)!;
        CreateFolder(folder);
        var half = $"{placement.File}.{Environment.ProcessId}";
        File.Copy(source, half, overwrite: true);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(half, Runnable);
        using (var written = new FileStream(half, FileMode.Open, FileAccess.ReadWrite))
            written.Flush(flushToDisk: true);
        // Windows lets a file that runs be renamed, not replaced.
        if (OperatingSystem.IsWindows() && File.Exists(placement.File))
            File.Move(placement.File, fileBefore = placement.File + ".before", overwrite: true);
        File.Move(half, placement.File, overwrite: true);
    }

    private void LinkCommand(string target)
    {
        var (command, next) = (placement.Command, $"{placement.Command}.{Environment.ProcessId}");
        CreateFolder(Path.GetDirectoryName(command)!);
        targetBefore ??= GetLinkTarget(command);
        if (targetBefore is null && fileBefore is null && File.Exists(command))
        {
            // A file somebody has put there by hand, perhaps this very program. It is kept beside the versions.
            var kept = Path.Combine(placement.Store, "by-hand");
            CreateFolder(kept);
            File.Copy(command, Path.Combine(kept, Path.GetFileName(command)), overwrite: true);
            fileBefore = Path.Combine(kept, Path.GetFileName(command));
        }
        File.Delete(next);
        File.CreateSymbolicLink(next, target);
        File.Move(next, command, overwrite: true);
    }

    private void CreateFolder(string folder) => folders.CreateMissing(folder, placement.ForAll ? Runnable : null);
}
