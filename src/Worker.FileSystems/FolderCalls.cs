using System.Runtime.InteropServices;

namespace OpenClaw.Worker.FileSystems;

/// <summary>The calls that name a file by an open folder and a name in it. Unix; constants that differ are chosen by platform.</summary>
internal static unsafe partial class FolderCalls
{
    public const int Exists = 17, Loop = 40, LoopMac = 62, NotDirectory = 20, CrossesOver = 18, NotBuilt = 38, TryAgain = 11;
    private const long OpenAt2 = 437, RenameAt2 = 316, RenameAt2Arm = 276, NoReplace = 1;
    private const uint MacExclusive = 4;
    private const int ExclusiveLock = 2, NeverWait = 4, GiveBack = 8;
    /// <summary>Stands for no folder: the path is absolute.</summary>
    public static readonly int WorkingFolder = OperatingSystem.IsMacOS() ? -2 : -100;
    private const int NoFollowStat = 0x100, NoFollowStatMac = 0x20, StatxMask = 0x1fff;
    private const ulong NoMagicLinks = 2, NoLinks = 4, Beneath = 8;

    private static readonly bool Mac = OperatingSystem.IsMacOS();
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly int CloseOnExec = Mac ? 0x1000000 : 0x80000;

    /// <summary>What stands there must be a folder.</summary>
    public static readonly int Folder = Mac ? 0x100000 : Arm ? 0x4000 : 0x10000;
    /// <summary>A link at the end is not followed.</summary>
    public static readonly int NoFollow = Mac ? 0x100 : Arm ? 0x8000 : 0x20000;
    /// <summary>Never waits for the other end of a pipe.</summary>
    public static readonly int NonBlocking = Mac ? 0x4 : 0x800;
    /// <summary>Neither to be read nor to be written, and so without the right to; nothing of the kind on macOS.</summary>
    public static readonly int PathOnly = Mac ? 0 : 0x200000;
    public static readonly int WriteOnly = 1;
    public static readonly int CreateNew = Mac ? 0xA00 : 0xC0;

    /// <summary>openat; below 0 with the errno set. A name with a slash is for the caller to avoid.</summary>
    public static int Open(int folder, string name, int flags, uint mode = 0) => Mac && Arm
        ? OpenAtOnStack(folder, name, flags | CloseOnExec, 0, 0, 0, 0, 0, mode)
        : OpenAt(folder, name, flags | CloseOnExec, mode);

    /// <summary>
    /// openat2: no link anywhere on the way, and never above the folder. A kernel before 5.6 (or a filter) answers <see cref="NotBuilt"/>.
    /// <paramref name="folder"/> null: the path is absolute.
    /// </summary>
    public static int OpenBeneath(int? folder, string path, int flags)
    {
        byte[] bytes = [.. FileName.Encode(path), 0];
        var how = stackalloc ulong[3];
        how[0] = (ulong)(uint)(flags | CloseOnExec);
        how[1] = 0;
        how[2] = NoLinks | NoMagicLinks | (folder is null ? 0 : Beneath);
        fixed (byte* start = bytes)
            return (int)SystemCall(OpenAt2, folder ?? WorkingFolder, (nint)start, (nint)how, 24);
    }

    /// <summary>Status of a name, links not followed, into a buffer of at least 256 bytes; not 0 with the errno set.</summary>
    public static int GetStatus(int folder, string name, byte* buffer)
    {
        if (!Mac) return Statx(folder, name, NoFollowStat, StatxMask, buffer);
        return Arm ? FStatAt(folder, name, buffer, NoFollowStatMac) : FStatAtX64(folder, name, buffer, NoFollowStatMac);
    }

    /// <summary>Renames within a folder unless the name is taken; not 0 with the errno set.</summary>
    public static int RenameNew(int folder, string from, string to)
    {
        if (Mac) return RenameExclusively(folder, from, folder, to, MacExclusive);
        byte[] old = [.. FileName.Encode(from), 0], fresh = [.. FileName.Encode(to), 0];
        fixed (byte* first = old, second = fresh)
            return (int)SystemCall(Arm ? RenameAt2Arm : RenameAt2, folder, (nint)first, folder, (nint)second, NoReplace);
    }

    /// <summary>Takes the file's lock unless another open file has it. A lock dies with its process.</summary>
    public static bool TryLock(Microsoft.Win32.SafeHandles.SafeFileHandle handle) =>
        OperatingSystem.IsWindows() || FLock((int)handle.DangerousGetHandle(), ExclusiveLock | NeverWait) == 0;

    public static void Unlock(Microsoft.Win32.SafeHandles.SafeFileHandle handle)
    {
        if (!OperatingSystem.IsWindows()) _ = FLock((int)handle.DangerousGetHandle(), GiveBack);
    }

    /// <summary>True for an errno of a sync that says the disk failed or is full, and not that there is no such thing as a sync.</summary>
    public static bool MeansNotDurable(int errno) => errno is 5 or 28 || errno == (Mac ? 69 : 122);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long a, nint b, long c, nint d, long e);

    [LibraryImport("libc", EntryPoint = "renameatx_np", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int RenameExclusively(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(int fd, int operation);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    public static partial int CreateLink(int fromFolder, string from, int toFolder, string to, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long a, nint b, nint c, long d);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int OpenAt(int folder, string name, int flags, uint mode);

    // Apple's arm64 passes the arguments of variadic calls on the stack: behind eight that fill the registers.
    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int OpenAtOnStack(int folder, string name, int flags, nint a, nint b, nint c, nint d, nint e, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int Statx(int folder, string name, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fstatat", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int FStatAt(int folder, string name, byte* buffer, int flags);

    [LibraryImport("libc", EntryPoint = "fstatat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial int FStatAtX64(int folder, string name, byte* buffer, int flags);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    public static partial int MakeFolder(int folder, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    public static partial int Rename(int fromFolder, string from, int toFolder, string to);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    public static partial int Remove(int folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    public static partial int CheckAccess(int folder, string name, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int SyncToDisk(int fd);
}
