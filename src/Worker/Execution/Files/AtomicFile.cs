namespace OpenClaw.Worker.Execution.Files;

/// <summary>
/// Replaces a file's content in one step: a reader sees the old bytes or the new ones, and so does the next boot. A link is
/// followed, so its target gets the content and the link stays a link.
/// </summary>
internal static class AtomicFile
{
    private const string TempPrefix = ".openclaw-", TempSuffix = ".tmp";
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>
    /// Writes <paramref name="content"/>. <paramref name="stillRight"/> is asked last, just before the rename; a fault from it
    /// leaves everything as it was.
    /// </summary>
    public static FileFault? Write(string path, ReadOnlySpan<byte> content, TimeProvider clock, Func<FileFault?> stillRight)
    {
        try
        {
            var target = FinalTarget(path);
            var before = RegularFile.Status(target);
            if (before.Type is not (FileType.Missing or FileType.Regular)) return FileFault.NotRegular(path, before.Type);
            if (before.Type == FileType.Regular && !MayWrite(target)) return new("no-permission", $"{path} is write-protected");
            var folder = Path.GetDirectoryName(target);
            if (folder is null) return FileFault.NotRegular(path, FileType.Directory);
            MakeFolders(folder);
            RemoveAbandoned(folder, clock);
            return Replace(target, folder, before, content, stillRight);
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return FileFault.From(path, error);
        }
    }

    /// <summary>Where a link finally leads, or the path itself.</summary>
    private static string FinalTarget(string path) =>
        new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static FileFault? Replace(
        string target, string folder, FileStatus before, ReadOnlySpan<byte> content, Func<FileFault?> stillRight)
    {
        var temp = Path.Combine(folder, $"{TempPrefix}{Guid.NewGuid():N}{TempSuffix}");
        try
        {
            using (var stream = new FileStream(temp, NewFile(before)))
            {
                stream.Write(content);
                if (before.Type == FileType.Regular) Inherit(stream, target, before);
                stream.Flush(flushToDisk: true);
            }
            if (stillRight() is { } fault) return fault;
            File.Move(temp, target, overwrite: true);
            if (!OperatingSystem.IsWindows()) Posix.SyncFolder(folder);
            return null;
        }
        finally
        {
            File.Delete(temp);
        }
    }

    // A new file gets what the umask leaves of 0666. A replacement is nobody else's to read until it has the old one's mode.
    private static FileStreamOptions NewFile(FileStatus before)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && before.Type == FileType.Regular)
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static void Inherit(FileStream stream, string target, FileStatus before)
    {
        if (OperatingSystem.IsWindows()) return;
        var mode = File.GetUnixFileMode(target);
        Posix.TrySetOwner(stream.SafeFileHandle, before);
        File.SetUnixFileMode(stream.SafeFileHandle, mode);
    }

    private static bool MayWrite(string target) => OperatingSystem.IsWindows()
        ? !File.GetAttributes(target).HasFlag(FileAttributes.ReadOnly)
        : Posix.MayWrite(target);

    private static void MakeFolders(string folder)
    {
        if (Directory.Exists(folder)) return;
        var parent = Path.GetDirectoryName(folder);
        if (parent is not null) MakeFolders(parent);
        Directory.CreateDirectory(folder);
        if (parent is not null && !OperatingSystem.IsWindows()) Posix.SyncFolder(parent);
    }

    // Only a worker killed between create and rename leaves one behind.
    private static void RemoveAbandoned(string folder, TimeProvider clock)
    {
        var limit = clock.GetUtcNow().UtcDateTime - Abandoned;
        foreach (var temp in Directory.EnumerateFiles(folder, $"{TempPrefix}*{TempSuffix}"))
        {
            if (File.GetLastWriteTimeUtc(temp) < limit) File.Delete(temp);
        }
    }
}
