using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.Execution.Files.Roots;

/// <summary>
/// Looks at everything a file task opens, once it is open: what is closed stays closed on every way there is to it. One for each task.
/// Refusals are <see cref="RefusedPlaceException"/>.
/// </summary>
/// <param name="closed">The folders of OpenClaw's own.</param>
/// <param name="kernel">True: the owner named a folder of the kernel's, and the task reads in it.</param>
internal sealed class FolderGuard(ClosedFolders.Snapshot closed, bool kernel)
{
    /// <summary>A folder that was entered from the one above, which has been looked at; null: from nowhere.</summary>
    public void CheckFolder(SafeFileHandle folder, FileStatus? above) => Check(folder, Posix.Status(folder), above);

    /// <summary>The same for a folder that was opened over others: each one above it is looked at, and what has the name in it.</summary>
    public void CheckWay(HeldFolder folder, string name)
    {
        Refuse(folder.Status(name));
        // By the open folder and not by its path, which may be another one by now.
        var (up, below) = ("..", folder.Status("."));
        for (var here = folder.Status(up); here.Type == FileType.Directory && here.Identity != below.Identity; here = folder.Status(up))
        {
            Refuse(here);
            (up, below) = (up + "/..", here);
        }
    }

    /// <summary>An open file; what is no regular one is for others to refuse.</summary>
    public void CheckFile(SafeFileHandle file, FileStatus folder)
    {
        var status = Posix.Status(file);
        if (status.Type == FileType.Regular) Check(file, status, folder);
    }

    private void Check(SafeFileHandle handle, FileStatus status, FileStatus? above)
    {
        Refuse(status);
        // Another file system begins where the device is another.
        if (!kernel && status.Identity.Device != above?.Identity.Device && KernelFolders.Contains(handle))
            throw new RefusedPlaceException(FileRoots.ReadRule, FileRoots.KernelSentence);
    }

    private void Refuse(FileStatus status)
    {
        if (closed.Covers(status)) throw new RefusedPlaceException(FileRoots.OwnRule, FileRoots.OwnSentence);
    }
}

/// <summary>The owner's rules close this, whatever its path says.</summary>
internal sealed class RefusedPlaceException(string rule, string why) : IOException(why)
{
    /// <summary>The rule.</summary>
    public string Rule => rule;
}
