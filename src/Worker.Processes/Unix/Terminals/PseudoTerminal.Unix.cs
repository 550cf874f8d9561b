using System.Runtime.InteropServices;

namespace OpenClaw.Worker.Processes.Unix.Terminals;

/// <summary>
/// A pseudo terminal. The child opens its end by name as the leader of a new session, so it becomes the controlling terminal of the
/// session; on macOS that is not proved.
/// </summary>
internal static unsafe partial class PseudoTerminal
{
    private const int ReadWrite = 2;
    private const int SetWindowSize = 0x5414;
    private const int CountInput = 0x541B;
    // Larger than any C library's termios.
    private const int Settings = 256;
    private const int NameSize = 128;
    private static readonly int NotControlling = Native.Mac ? 0x20000 : 0x100;
    private static readonly int CloseOnExec = Native.Mac ? 0x1000000 : 0x80000;

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenMaster(int flags);
    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int GrantSlave(int master);
    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int UnlockSlave(int master);
    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int GetSlaveName(int master, byte* name, nuint size);
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int OpenFile(byte* path, int flags);
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlDevice(int fd, nuint request, ushort* size);
    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetSettings(int fd, byte* settings);
    [LibraryImport("libutil", EntryPoint = "openpty", SetLastError = true)]
    private static partial int OpenPair(int* master, int* slave, byte* name, void* settings, ushort* size);

    /// <summary>Our end, an end kept open until the child has its own, and the child's name for it.</summary>
    public static (int Master, int Slave, string Name) Open(TerminalSize size)
    {
        var name = stackalloc byte[NameSize];
        var window = stackalloc ushort[4];
        (window[0], window[1], window[2], window[3]) = ((ushort)size.Rows, (ushort)size.Columns, 0, 0);
        int master, slave = -1;
        if (Native.Mac)
        {
            if (OpenPair(&master, &slave, name, null, window) != 0) throw CreateError();
            Native.CloseOnSpawn(master);
            Native.CloseOnSpawn(slave);
        }
        else if ((master = OpenMaster(ReadWrite | NotControlling | CloseOnExec)) < 0)
            throw CreateError();
        else if (GrantSlave(master) != 0 || UnlockSlave(master) != 0 || GetSlaveName(master, name, NameSize) != 0
            || (slave = OpenFile(name, ReadWrite | NotControlling | CloseOnExec)) < 0 || ControlDevice(slave, SetWindowSize, window) != 0)
        {
            var error = CreateError();
            _ = Native.Close(master);
            if (slave >= 0) _ = Native.Close(slave);
            throw error;
        }
        return (master, slave, Marshal.PtrToStringUTF8((nint)name)!);
    }

    /// <summary>
    /// How the child's end stands; null: it can't be looked at. That is opened for the look only: held open, it would keep the end of the
    /// output from us.
    /// </summary>
    public static TerminalState? ReadState(string name, int master)
    {
        var settings = stackalloc byte[Settings];
        if (GetSettings(master, settings) != 0) return null;
        var path = Marshal.StringToCoTaskMemUTF8(name);
        var slave = OpenFile((byte*)path, ReadWrite | NotControlling | CloseOnExec | Native.NonBlock);
        Marshal.FreeCoTaskMem(path);
        if (slave < 0) return null;
        var polled = new Native.PollFd { Fd = slave, Events = Native.PollIn };
        // By line, an end of input that waits is no byte but can be read. Otherwise bytes may be there that are fewer than a read wants.
        int bytes = 0;
        var hasInput = Native.Poll(&polled, 1, 0) > 0
            || (!Native.Mac && ControlDevice(slave, CountInput, (ushort*)&bytes) == 0 && bytes > 0);
        _ = Native.Close(slave);
        return Native.Mac
            ? new TerminalState(hasInput, (((nuint*)settings)[3] & 0x100) != 0, NormalizeKey(settings[32], none: 0xFF))
            : new TerminalState(hasInput, (((uint*)settings)[3] & 2) != 0, NormalizeKey(settings[21], none: 0));
    }

    private static byte NormalizeKey(byte key, byte none) => key == none ? (byte)0 : key;

    private static IOException CreateError() => new($"no terminal: {Marshal.GetLastPInvokeErrorMessage()}");
}
