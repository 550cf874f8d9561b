using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.FileSystems;

/// <summary>
/// The few calls that .NET lacks: the type, mode and owner of an open file. Windows does not need them.
/// </summary>
internal static unsafe partial class Posix
{
    private const uint Birth = 0x800, MountId = 0x1000;
    private const int AtEmptyPath = 0x1000, StatxMask = 0x1fff, NoEntry = 2, NotDirectory = 20;

    /// <summary>Type and owner of an open file.</summary>
    public static FileStatus GetStatus(SafeFileHandle handle)
    {
        var buffer = stackalloc byte[256];
        var fd = (int)handle.DangerousGetHandle();
        var failed = OperatingSystem.IsMacOS()
            ? (RuntimeInformation.ProcessArchitecture == Architecture.X64 ? FStatX64(fd, buffer) : FStat(fd, buffer))
            : Statx(fd, "", AtEmptyPath, StatxMask, buffer);
        return failed == 0 ? ReadStatus(buffer) : throw CreateException("fstat");
    }

    /// <summary>When an open file was last changed.</summary>
    public static FileTime GetChangeTime(SafeFileHandle handle) =>
        OperatingSystem.IsWindows() ? FileTime.FromUtc(File.GetLastWriteTimeUtc(handle)) : GetStatus(handle).Changed;

    /// <summary>Makes a rename in this folder of our own durable. A file system that knows no fsync of folders is left alone.</summary>
    public static void SyncFolder(string folder)
    {
        using var held = FolderHandle.Open(RealPath.ResolveLinks(folder) ?? folder);
        held.SyncToDisk();
    }

    /// <summary>Gives an open file an owner, as far as this process may.</summary>
    public static void TrySetOwner(SafeFileHandle handle, FileStatus owner) =>
        _ = FChown((int)handle.DangerousGetHandle(), owner.Uid, owner.Gid);

    // Linux: struct statx, the same everywhere. macOS: struct stat with inodes of 64 bits.
    internal static FileStatus ReadStatus(byte* stat)
    {
        var mac = OperatingSystem.IsMacOS();
        var mode = *(ushort*)(stat + (mac ? 4 : 28));
        var changed = stat + (mac ? 48 : 112);
        var (uid, gid) = (*(uint*)(stat + (mac ? 16 : 20)), *(uint*)(stat + (mac ? 20 : 24)));
        return new FileStatus(ToFileType(mode), uid, gid, (UnixFileMode)(mode & 0xFFF))
        {
            Size = *(long*)(stat + (mac ? 96 : 40)),
            Changed = new FileTime(*(long*)changed, *(uint*)(changed + 8)),
            IsLink = IsLink(stat),
            Identity = mac ? new FileIdentity(*(uint*)stat, *(ulong*)(stat + 8), ToNanoseconds(stat + 80)) : LinuxIdentity(stat),
            Links = mac ? *(ushort*)(stat + 6) : *(uint*)(stat + 16),
            Mount = !mac && HasField(stat, MountId) ? *(ulong*)(stat + 144) : 0,
        };
    }

    private static FileIdentity LinuxIdentity(byte* statx) => new(
        ((ulong)*(uint*)(statx + 136) << 32) | *(uint*)(statx + 140), *(ulong*)(statx + 32), HasField(statx, Birth)
            ? ToNanoseconds(statx + 80) : 0);

    // A kernel says in the mask which of the fields it has filled.
    private static bool HasField(byte* statx, uint field) => (*(uint*)statx & field) != 0;

    private static long ToNanoseconds(byte* time) => unchecked((*(long*)time * 1_000_000_000) + *(uint*)(time + 8));

    /// <summary>True when the status is that of a link.</summary>
    internal static bool IsLink(byte* stat) => (*(ushort*)(stat + (OperatingSystem.IsMacOS() ? 4 : 28)) & 0xF000) == 0xA000;

    private static FileType ToFileType(int mode) => (mode & 0xF000) switch
    {
        0x8000 => FileType.Regular,
        0x4000 => FileType.Directory,
        0x1000 => FileType.Fifo,
        0x2000 or 0x6000 => FileType.Device,
        0xC000 => FileType.Socket,
        _ => FileType.Other,
    };

    /// <summary>The last error of a call as an exception that <see cref="FileSystemCalls.IsExpected"/>.</summary>
    internal static Exception CreateException(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return error switch
        {
            NoEntry or NotDirectory => new FileNotFoundException(null, path),
            1 or 13 => new UnauthorizedAccessException(path),
            _ => new IOException(new Win32Exception(error).Message),
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fstat", SetLastError = true)]
    private static partial int FStat(int fd, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fstat$INODE64", SetLastError = true)]
    private static partial int FStatX64(int fd, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int FChown(int fd, uint uid, uint gid);
}
