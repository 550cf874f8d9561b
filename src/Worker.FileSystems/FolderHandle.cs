using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.FileSystems;

/// <summary>
/// A folder that is held open. Its names are used through it, never through a path, and no link among them is followed: whatever
/// anybody renames or links meanwhile, the work stays in this folder. (Windows has no such calls; there it is a path.)
/// Failures are the exceptions of <see cref="FileSystemCalls.IsExpected"/>; a link where none may be is a
/// <see cref="UnexpectedLinkException"/>.
/// </summary>
internal sealed partial class FolderHandle : IDisposable
{
    private readonly SafeFileHandle? handle;
    private FileStatus? status;

    private FolderHandle(SafeFileHandle? handle, string path) => (this.handle, FullPath) = (handle, path);

    /// <summary>Where it was when it was opened; for messages.</summary>
    public string FullPath { get; }

    /// <summary>Looks at what is opened through this folder and those below; null: nothing is closed. Not on Windows.</summary>
    public IFolderGuard? Guard { get; set; }

    /// <summary>True when it is one of the kernel's, wherever that is mounted.</summary>
    public bool IsKernelFolder => KernelFolders.Contains(handle!);

    /// <summary>Which folder it is, and where.</summary>
    private FileStatus OwnStatus => status ??= Posix.GetStatus(handle!);

    private int Fd => (int)handle!.DangerousGetHandle();

    /// <summary>Opens an absolute path that has no links in it; one that has some now is refused.</summary>
    public static FolderHandle Open(string real) => Open(real, FolderCalls.Folder);

    /// <summary>The same for who only wants to know what is in it by name: it need not be readable.</summary>
    public static FolderHandle OpenForStatus(string real) => Open(real, FolderCalls.Folder | FolderCalls.PathOnly);

    private static FolderHandle Open(string real, int flags)
    {
        if (OperatingSystem.IsWindows())
            return Directory.Exists(real) ? new FolderHandle(null, real) : throw new DirectoryNotFoundException(real);
        var fd = OperatingSystem.IsLinux() ? FolderCalls.OpenBeneath(null, real, flags) : -1;
        if (fd >= 0) return new FolderHandle(new SafeFileHandle(fd, ownsHandle: true), real);
        return OperatingSystem.IsMacOS() || IsCallMissing() ? WalkFromRoot(real) : throw CreateException(real);
    }

    /// <summary>Opens what lies below, any number of folders deep. Empty is this folder again.</summary>
    public FolderHandle OpenBelow(string relative)
    {
        if (OperatingSystem.IsWindows()) return Open(Path.Join(FullPath, relative));
        var name = relative.Length == 0 ? "." : relative;
        var full = relative.Length == 0 ? FullPath : Path.Join(FullPath, relative);
        var fd = OperatingSystem.IsLinux() ? FolderCalls.OpenBeneath(Fd, name, FolderCalls.Folder) : -1;
        if (fd >= 0) return ApplyGuard(new SafeFileHandle(fd, ownsHandle: true), relative, full);
        return OperatingSystem.IsMacOS() || IsCallMissing() ? WalkBelow(relative) : throw CreateException(full);
    }

    /// <summary>The same folder by steps of one name each, for systems that can't do it in one call.</summary>
    internal FolderHandle WalkBelow(string relative)
    {
        var here = StepInto(".");
        foreach (var part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            using var above = here;
            here = above.StepInto(part);
        }
        return here;
    }

    /// <summary>Type and owner of a name; a link is <see cref="FileType.Other"/>.</summary>
    public unsafe FileStatus GetStatus(string name)
    {
        if (OperatingSystem.IsWindows()) return WindowsStatus(GetPath(name));
        var buffer = stackalloc byte[256];
        if (FolderCalls.GetStatus(Fd, name, buffer) == 0) return Posix.ReadStatus(buffer);
        return Marshal.GetLastPInvokeError() is 2 or FolderCalls.NotDirectory ? default : throw CreateException(GetPath(name));
    }

    /// <summary>Opens for reading; never waits, and follows no link.</summary>
    public SafeFileHandle OpenRead(string name) => OperatingSystem.IsWindows()
        ? File.OpenHandle(GetPath(name), share: FileShare.ReadWrite | FileShare.Delete)
        : ApplyGuard(ToHandle(FolderCalls.Open(Fd, name, FolderCalls.NoFollow | FolderCalls.NonBlocking), name));

    /// <summary>Opens a file or folder to be handed on, with no right to read or write; a link as the link it is. Not on Windows.</summary>
    public SafeFileHandle OpenToPass(string name) =>
        ToHandle(FolderCalls.Open(Fd, name, FolderCalls.PathOnly | FolderCalls.NoFollow), name);

    /// <summary>What is in it, without its path, as <see cref="FileName"/>s: all of it, or an exception.</summary>
    public IEnumerable<string> ListNames()
    {
        if (OperatingSystem.IsWindows()) return Directory.EnumerateFileSystemEntries(FullPath).Select(entry => Path.GetFileName(entry));
        // A descriptor of its own: reading moves a place in it.
        var fd = FolderCalls.Open(Fd, ".", FolderCalls.Folder);
        return (fd < 0 ? null : FolderNames.ReadNames(fd)) ?? throw CreateException(FullPath);
    }

    /// <summary>What a link in it says; null when it is none.</summary>
    public string? ReadLinkTarget(string name) =>
        OperatingSystem.IsWindows() ? new FileInfo(GetPath(name)).LinkTarget : FolderNames.ReadLinkTarget(Fd, name);

    /// <summary>True when this process may write the existing file.</summary>
    public bool CanWrite(string name) => OperatingSystem.IsWindows()
        ? !File.GetAttributes(GetPath(name)).HasFlag(FileAttributes.ReadOnly)
        : FolderCalls.CheckAccess(Fd, name, 2, 0) == 0;

    public void Dispose() => handle?.Dispose();

    private static FolderHandle WalkFromRoot(string real)
    {
        using var top = new FolderHandle(new SafeFileHandle(FolderCalls.Open(-1, "/", FolderCalls.Folder), ownsHandle: true), "/");
        return top.WalkBelow(real);
    }

    private FolderHandle StepInto(string name) => ApplyGuard(
        ToHandle(FolderCalls.Open(Fd, name, FolderCalls.Folder | FolderCalls.NoFollow), name), name, name == "." ? FullPath
            : GetPath(name));

    private FolderHandle ApplyGuard(SafeFileHandle folder, string relative, string full)
    {
        var below = new FolderHandle(folder, full) { Guard = Guard };
        try
        {
            // Over several folders at once another file system may have begun on the way.
            Guard?.CheckFolder(folder, relative.Contains('/', StringComparison.Ordinal) ? null : OwnStatus);
            return below;
        }
        catch
        {
            below.Dispose();
            throw;
        }
    }

    private SafeFileHandle ApplyGuard(SafeFileHandle file)
    {
        try
        {
            Guard?.CheckFile(file, OwnStatus);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private SafeFileHandle ToHandle(int fd, string name) =>
        fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw CreateException(GetPath(name), GetStatus(Fd, name));

    private string GetPath(string name) => Path.Join(FullPath, name);

    // Asked for only when an open failed: O_DIRECTORY with O_NOFOLLOW calls a link no folder.
    private static unsafe bool GetStatus(int fd, string name)
    {
        var error = Marshal.GetLastPInvokeError();
        var buffer = stackalloc byte[256];
        var link = error == FolderCalls.NotDirectory && FolderCalls.GetStatus(fd, name, buffer) == 0 && Posix.IsLink(buffer);
        Marshal.SetLastPInvokeError(error);
        return link;
    }

    private static FileStatus WindowsStatus(string path)
    {
        var file = new FileInfo(path);
        var isFolder = Directory.Exists(path);
        if (!isFolder && !file.Exists) return default;
        var (changed, isLink) = (FileTime.FromUtc(file.LastWriteTimeUtc), file.LinkTarget is not null);
        return isFolder
            ? new(FileType.Directory, 0, 0, Changed: changed, IsLink: isLink)
            : new(FileType.Regular, 0, 0, default, file.Length, changed, isLink);
    }

    private static bool IsCallMissing() => Marshal.GetLastPInvokeError() is FolderCalls.NotBuilt or 1;

    private static Exception CreateException(string path, bool link = false)
    {
        var error = Marshal.GetLastPInvokeError();
        var loop = error == (OperatingSystem.IsMacOS() ? FolderCalls.LoopMac : FolderCalls.Loop);
        return link || loop || error == FolderCalls.CrossesOver ? new UnexpectedLinkException(path) : Posix.CreateException(path);
    }
}

/// <summary>A link stood where there was none when the path was judged: somebody swaps links, or changes them in this moment.</summary>
internal sealed class UnexpectedLinkException(string path) : IOException($"{path} is or was a link");
