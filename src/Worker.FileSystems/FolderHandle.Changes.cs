using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.FileSystems;

// What changes a folder.
internal sealed partial class FolderHandle
{
    /// <summary>Opens an existing file for writing at any place; follows no link.</summary>
    public SafeFileHandle OpenWrite(string name) => OperatingSystem.IsWindows()
        ? File.OpenHandle(GetPath(name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)
        : ApplyGuard(ToHandle(FolderCalls.Open(Fd, name, FolderCalls.WriteOnly | FolderCalls.NoFollow | FolderCalls.NonBlocking), name));

    /// <summary>Makes a file that was not there, for writing. The umask applies to the mode.</summary>
    public SafeFileHandle CreateNew(string name, UnixFileMode mode) => OperatingSystem.IsWindows()
        ? File.OpenHandle(GetPath(name), FileMode.CreateNew, FileAccess.Write)
        : ToHandle(FolderCalls.Open(Fd, name, FolderCalls.WriteOnly | FolderCalls.CreateNew | FolderCalls.NoFollow, (uint)mode), name);

    /// <summary>Renames within the folder; what has the new name is replaced.</summary>
    public void RenameFile(string from, string to)
    {
        // What is replaced on Windows gives its rights and attributes to the new file.
        if (OperatingSystem.IsWindows() && File.Exists(GetPath(to))) File.Replace(GetPath(from), GetPath(to), null);
        else if (OperatingSystem.IsWindows()) File.Move(GetPath(from), GetPath(to), overwrite: true);
        else if (FolderCalls.Rename(Fd, from, Fd, to) != 0) throw CreateException(GetPath(to));
    }

    /// <summary>
    /// Renames within the folder; false, and nothing is changed, when the new name is taken. In one step where the system has one.
    /// </summary>
    public bool TryRenameNew(string from, string to)
    {
        if (OperatingSystem.IsWindows()) return WindowsRenameNew(GetPath(from), GetPath(to));
        if (FolderCalls.RenameNew(Fd, from, to) == 0) return true;
        if (Marshal.GetLastPInvokeError() == FolderCalls.Exists) return false;
        // Not every file system can do that, but then most can give a second name, which is never one that is taken.
        if (FolderCalls.CreateLink(Fd, from, Fd, to, 0) != 0)
        {
            if (Marshal.GetLastPInvokeError() == FolderCalls.Exists || GetStatus(to).Type != FileType.Missing) return false;
            RenameFile(from, to);
            return true;
        }
        DeleteFile(from);
        return true;
    }

    /// <summary>Removes a file; one that is not there is no error.</summary>
    public void DeleteFile(string name)
    {
        if (OperatingSystem.IsWindows()) File.Delete(GetPath(name));
        else if (FolderCalls.Remove(Fd, name, 0) != 0 && Marshal.GetLastPInvokeError() != 2) throw CreateException(GetPath(name));
    }

    /// <summary>Makes a folder in this one, durably; one that is there is no error.</summary>
    public void MakeFolder(string name)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(GetPath(name));
        else if (FolderCalls.MakeFolder(Fd, name, 0x1FF) == 0) SyncToDisk();
        else if (Marshal.GetLastPInvokeError() != FolderCalls.Exists) throw CreateException(GetPath(name));
    }

    /// <summary>Makes renames in it durable; a file system that knows no such thing is left alone, one that failed is a failure.</summary>
    public void SyncToDisk()
    {
        if (!OperatingSystem.IsWindows() && FolderCalls.SyncToDisk(Fd) != 0 && FolderCalls.MeansNotDurable(Marshal.GetLastPInvokeError()))
            throw CreateException(FullPath);
    }

    private static bool WindowsRenameNew(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: false);
            return true;
        }
        catch (IOException) when (Path.Exists(to))
        {
            return false;
        }
    }
}
