using System.Runtime.InteropServices;

namespace OpenClaw.Worker.Processes.Unix;

/// <summary>The C library's calls, as thin as they are. Constants that differ are chosen once, by platform.</summary>
internal static unsafe partial class Native
{
    public const int Eintr = 4;
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int SigHup = 1;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const short PollIn = 1;
    public const short PollOut = 4;
    private const int SetFd = 2;
    private const int GetFl = 3;
    private const int SetFl = 4;
    private const int CloseOnExec = 1;
    private static readonly int DuplicateForUs = OperatingSystem.IsMacOS() ? 67 : 1030;

    public static readonly bool Mac = OperatingSystem.IsMacOS();
    public static readonly int SigCont = Mac ? 19 : 18;
    public static readonly int Eagain = Mac ? 35 : 11;
    public static readonly int NonBlock = Mac ? 0x4 : 0x800;
    private static readonly int PipeCloseOnExec = 0x80000;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Revents;
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe2(int* fds, int flags);

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    private static partial int PipePlain(int* fds);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlDescriptor(int fd, int command, nint argument);

    // On Apple's arm64 what stands for "..." is passed on the stack, behind the eight registers.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlOnStack(int fd, int command, nint r2, nint r3, nint r4, nint r5, nint r6, nint r7, nint argument);

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static partial int Dup(int fd);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollFd* fds, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "getsid", SetLastError = true)]
    public static partial int GetSid(int pid);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int idType, int id, byte* info, int options);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "getuid")]
    public static partial uint GetUid();

    [LibraryImport("libc", EntryPoint = "getpwuid", SetLastError = true)]
    public static partial nint* GetPwUid(uint uid);

    /// <summary>A pipe whose ends are closed on exec and are never 0, 1 or 2.</summary>
    public static (int Read, int Write) CreatePipe()
    {
        var fds = stackalloc int[2];
        var failed = Mac ? PipePlain(fds) : Pipe2(fds, PipeCloseOnExec);
        if (failed != 0) throw new IOException($"no pipe: {Marshal.GetLastPInvokeErrorMessage()}");
        if (Mac)
        {
            CloseOnSpawn(fds[0]);
            CloseOnSpawn(fds[1]);
        }
        return (fds[0], fds[1]);
    }

    /// <summary>Reads and writes of this end return at once.</summary>
    public static void SetNonBlocking(int fd) => _ = CallFcntl(fd, SetFl, CallFcntl(fd, GetFl, 0) | NonBlock);

    /// <summary>No program we start gets this end.</summary>
    public static void CloseOnSpawn(int fd) => _ = CallFcntl(fd, SetFd, CloseOnExec);

    /// <summary>A second descriptor of the same end.</summary>
    public static int Duplicate(int fd)
    {
        var copy = Dup(fd);
        if (copy < 0) throw new IOException($"no descriptor: {Marshal.GetLastPInvokeErrorMessage()}");
        CloseOnSpawn(copy);
        return copy;
    }

    /// <summary>The same, as a descriptor that is at least so high.</summary>
    public static int Duplicate(int fd, int lowest)
    {
        var copy = CallFcntl(fd, DuplicateForUs, lowest);
        return copy >= 0 ? copy : throw new IOException($"no descriptor: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static int CallFcntl(int fd, int command, nint argument) => Mac && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
        ? ControlOnStack(fd, command, 0, 0, 0, 0, 0, 0, argument)
        : ControlDescriptor(fd, command, argument);
}
