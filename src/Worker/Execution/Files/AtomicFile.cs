using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Files.Writing;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>
/// Replaces a file's content in one step: a reader sees the old bytes or the new ones, and so does the next boot. Links have been
/// followed when the place was opened, so a link stays a link and its target gets the content.
/// </summary>
internal static class AtomicFile
{
    private const string TempPrefix = ".openclaw-", TempSuffix = ".tmp";
    /// <summary>A replacement is nobody else's to read until it has the old one's mode.</summary>
    public const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    /// <summary>A new file gets what the umask leaves of this.</summary>
    public const UnixFileMode Everyones = OwnersOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>
    /// Writes <paramref name="content"/>. <paramref name="stillRight"/> is called last, under the file's lock and just before the rename; a
    /// error from it leaves everything as it was.
    /// </summary>
    public static FileError? Write(
        RootedPath place, byte[] content, TimeProvider clock, Func<FileError?> stillRight, WriteOptions? order = null) =>
        Write(place, stream => stream.Write(content), clock, stillRight, order);

    /// <summary>The same for content that is made while it is written.</summary>
    public static FileError? Write(
        RootedPath place, Action<Stream> content, TimeProvider clock, Func<FileError?> stillRight, WriteOptions? order = null)
    {
        try
        {
            var before = place.Folder.GetStatus(place.Name);
            if (CheckWritable(place, before) is { } notWritable) return notWritable;
            var error = ReplaceContent(place, before, content, stillRight, order ?? new WriteOptions());
            // After the write, so that it can't make the write fail.
            if (error is null) AbandonedFiles.RemoveAll(place.Folder, IsUnfinished, clock.GetUtcNow().UtcDateTime - Abandoned);
            return error;
        }
        catch (Exception exception) when (FileSystemCalls.IsExpected(exception))
        {
            return FileError.FromException(place.Full, exception);
        }
    }

    /// <summary>Why what stands at a place can't be replaced by a file; null: it can.</summary>
    public static FileError? CheckWritable(RootedPath place, FileStatus there) => there.Type switch
    {
        FileType.Missing => null,
        FileType.Regular => place.Folder.CanWrite(place.Name) ? null : new("no-permission", $"{place.Full} is write-protected"),
        _ => FileError.NotRegular(place.Full, there.Type),
    };

    /// <summary>
    /// Renames a finished file of the same folder into place, under the file's lock: no other task of this daemon replaces the target
    /// between the last check and the rename. An error leaves both files as they were.
    /// </summary>
    /// <param name="place">Where to.</param>
    /// <param name="finished">The file's name.</param>
    /// <param name="content">The file, open; its content is on disk.</param>
    /// <param name="stillRight">The last check.</param>
    /// <param name="order">How.</param>
    public static FileError? PutInPlace(
        RootedPath place, string finished, SafeFileHandle content, Func<FileError?> stillRight, WriteOptions order)
    {
        using var acquired = order.HeldLock is null ? FileWriteLocks.Acquire(place, order.Stop) : null;
        var before = place.Folder.GetStatus(place.Name);
        if (CheckWritable(place, before) is { } notWritable) return notWritable;
        if (before.Type == FileType.Regular && !order.IfAbsent)
        {
            FileAttributeCopy.CopyAll(place, before, content, order);
            RandomAccess.FlushToDisk(content);
        }
        if (stillRight() is { } error) return error;
        // Others would take a file that stays locked for one in use. And Windows renames no open file.
        FolderCalls.Unlock(content);
        if (OperatingSystem.IsWindows()) content.Dispose();
        if (!order.IfAbsent) place.Folder.RenameFile(finished, place.Name);
        else if (!place.Folder.TryRenameNew(finished, place.Name)) return FileError.AlreadyExists(place.Full);
        place.Folder.SyncToDisk();
        return null;
    }

    /// <summary>True for the name of a file that is being written.</summary>
    public static bool IsUnfinished(string name) =>
        name.StartsWith(TempPrefix, StringComparison.Ordinal) && name.EndsWith(TempSuffix, StringComparison.Ordinal);

    private static FileError? ReplaceContent(
        RootedPath place, FileStatus before, Action<Stream> content, Func<FileError?> stillRight, WriteOptions order)
    {
        var temp = $"{TempPrefix}{Guid.NewGuid():N}{TempSuffix}";
        var put = false;
        try
        {
            using var handle = place.Folder.CreateNew(temp, before.Type == FileType.Regular ? OwnersOnly : Everyones);
            // While the lock is held, no other daemon removes the file as abandoned, however long the writing takes.
            FolderCalls.TryLock(handle);
            using (var stream = new FileStream(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, 0))
                content(stream);
            // The slow part is done before the file's lock is taken.
            RandomAccess.FlushToDisk(handle);
            var error = PutInPlace(place, temp, handle, stillRight, order);
            put = error is null;
            return error;
        }
        finally
        {
            if (!put) DeleteTemporary(place.Folder, temp);
        }
    }

    private static void DeleteTemporary(FolderHandle folder, string temp)
    {
        try
        {
            folder.DeleteFile(temp);
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            // The caller already has the first error, which is the cause.
        }
    }
}
