using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Roots;

/// <summary>
/// Checks everything a file task opens, after it is open and by what it is, so that no path, link or mount leads into a closed folder. One
/// for each task. A rejection is a <see cref="ClosedFolderException"/>.
/// </summary>
/// <param name="closed">OpenClaw's own folders.</param>
/// <param name="kernel">True: the task reads in a kernel folder that the owner named as a root.</param>
internal sealed class FolderGuard(ClosedFolders.Snapshot closed, bool kernel) : IFolderGuard
{
    public void CheckFolder(SafeFileHandle folder, FileStatus? above) => CheckHandle(folder, Posix.GetStatus(folder), above);

    public void CheckWay(FolderHandle folder, string name)
    {
        ThrowIfClosed(folder.GetStatus(name));
        // Through the open folder: its path may lead elsewhere by now.
        var (up, below) = ("..", folder.GetStatus("."));
        for (var here = folder.GetStatus(up); here.Type == FileType.Directory
            && here.Identity != below.Identity; here = folder.GetStatus(up))
        {
            ThrowIfClosed(here);
            (up, below) = (up + "/..", here);
        }
    }

    public void CheckFile(SafeFileHandle file, FileStatus folder)
    {
        var status = Posix.GetStatus(file);
        if (status.Type == FileType.Regular) CheckHandle(file, status, folder);
    }

    private void CheckHandle(SafeFileHandle handle, FileStatus status, FileStatus? above)
    {
        ThrowIfClosed(status);
        // A new file system can begin only where the device number changes.
        if (!kernel && status.Identity.Device != above?.Identity.Device && KernelFolders.Contains(handle))
            throw new ClosedFolderException(FileRoots.ReadRule, FileRoots.KernelSentence);
    }

    private void ThrowIfClosed(FileStatus status)
    {
        if (closed.IsClosed(status)) throw new ClosedFolderException(FileRoots.OwnRule, FileRoots.OwnSentence);
    }
}

/// <summary>What was opened is closed for tasks, although its path did not say so.</summary>
internal sealed class ClosedFolderException(string rule, string why) : IOException(why)
{
    public string Rule => rule;
}
