using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>
/// Replaces a file's content in one step: a reader sees the old bytes or the new ones, and so does the next boot. Links have been
/// followed when the place was opened, so a link stays a link and its target gets the content.
/// </summary>
internal static class AtomicFile
{
    private const string TempPrefix = ".openclaw-", TempSuffix = ".tmp";
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everyones = OwnersOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>
    /// Writes <paramref name="content"/>. <paramref name="stillRight"/> is asked last, just before the rename; a fault from it
    /// leaves everything as it was.
    /// </summary>
    public static FileFault? Write(RootedPath place, byte[] content, TimeProvider clock, Func<FileFault?> stillRight) =>
        Write(place, stream => stream.Write(content), clock, stillRight);

    /// <summary>The same for content that is made while it is written.</summary>
    public static FileFault? Write(RootedPath place, Action<Stream> content, TimeProvider clock, Func<FileFault?> stillRight)
    {
        try
        {
            var before = place.Folder.Status(place.Name);
            if (before.Type is not (FileType.Missing or FileType.Regular)) return FileFault.NotRegular(place.Full, before.Type);
            if (before.Type == FileType.Regular && !place.Folder.MayWrite(place.Name))
                return new("no-permission", $"{place.Full} is write-protected");
            RemoveAbandoned(place.Folder, clock);
            return Replace(place, before, content, stillRight);
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return FileFault.From(place.Full, error);
        }
    }

    /// <summary>True for the name of a file that is being written.</summary>
    public static bool IsUnfinished(string name) =>
        name.StartsWith(TempPrefix, StringComparison.Ordinal) && name.EndsWith(TempSuffix, StringComparison.Ordinal);

    private static FileFault? Replace(RootedPath place, FileStatus before, Action<Stream> content, Func<FileFault?> stillRight)
    {
        var temp = $"{TempPrefix}{Guid.NewGuid():N}{TempSuffix}";
        var replaces = before.Type == FileType.Regular;
        try
        {
            // A new file gets what the umask leaves of 0666. A replacement is nobody else's to read until it has the old one's mode.
            using (var handle = place.Folder.CreateNew(temp, replaces ? OwnersOnly : Everyones))
            {
                using (var stream = new FileStream(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, 0))
                    content(stream);
                if (replaces && !OperatingSystem.IsWindows())
                {
                    Posix.TrySetOwner(handle, before);
                    File.SetUnixFileMode(handle, before.Mode);
                }
                RandomAccess.FlushToDisk(handle);
            }
            if (stillRight() is { } fault) return fault;
            place.Folder.Rename(temp, place.Name);
            place.Folder.Sync();
            return null;
        }
        finally
        {
            place.Folder.Delete(temp);
        }
    }

    // Only a worker killed between create and rename leaves one behind.
    private static void RemoveAbandoned(HeldFolder folder, TimeProvider clock)
    {
        var limit = clock.GetUtcNow().UtcDateTime - Abandoned;
        foreach (var temp in folder.Names())
        {
            if (!IsUnfinished(temp)) continue;
            using var handle = folder.OpenRead(temp);
            if (File.GetLastWriteTimeUtc(handle) < limit) folder.Delete(temp);
        }
    }
}
