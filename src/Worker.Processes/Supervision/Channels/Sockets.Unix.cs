using System.Runtime.InteropServices;
using System.Text;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Processes.Supervision.Channels;

/// <summary>
/// The few calls of Unix stream sockets that are needed. Plain calls and no Socket class: a supervisor should start within milliseconds and
/// stay small.
/// </summary>
internal static unsafe partial class Sockets
{
    private const int Family = 1;
    private const int Stream = 1;
    private const int CloseOnExec = 1;
    private const int SetFd = 2;
    private const int BothWays = 2;
    private const int AddressSize = 128;
    private static readonly int NoSignal = Native.Mac ? 0x80000 : 0x4000;
    private static readonly int NoWait = Native.Mac ? 0x80 : 0x40;
    private static readonly int PathRoom = Native.Mac ? 104 : 108;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, int* pair);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, byte* address, uint length);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int fd, int backlog);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept(int fd, byte* address, uint* length);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int fd, byte* address, uint length);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int fd, byte* bytes, nint count, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int fd, byte* bytes, nint count, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(int fd, int how);
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlDescriptor(int fd, int command, nint argument);

    /// <summary>Two ends of one connection, closed on exec; throws IOException.</summary>
    public static (int Ours, int Theirs) CreatePair()
    {
        var pair = stackalloc int[2];
        if (socketpair(Family, Stream, 0, pair) != 0) throw CreateError("no socket pair");
        SetCloseOnExec(pair[0]);
        SetCloseOnExec(pair[1]);
        return (pair[0], pair[1]);
    }

    /// <summary>Listens at a path that nobody listens at any more; throws IOException.</summary>
    public static int ListenAt(string path)
    {
        File.Delete(path);
        var fd = CreateSocket();
        var address = stackalloc byte[AddressSize];
        if (bind(fd, address, WriteAddress(path, address)) == 0 && listen(fd, 1024) == 0) return fd;
        var failure = CreateError(path);
        _ = Native.Close(fd);
        throw failure;
    }

    /// <summary>The next connection; -1 when the listener was shut down.</summary>
    public static int AcceptConnection(int listener)
    {
        int fd;
        do
            fd = accept(listener, null, null);
        while (fd < 0 && Marshal.GetLastPInvokeError() is Native.Eintr or 103 or 53); // a connection that was given up at once
        if (fd >= 0) SetCloseOnExec(fd);
        return fd;
    }

    /// <summary>-1 when nobody listens there.</summary>
    public static int ConnectTo(string path)
    {
        var address = stackalloc byte[AddressSize];
        var fd = CreateSocket();
        if (connect(fd, address, WriteAddress(path, address)) == 0) return fd;
        _ = Native.Close(fd);
        return -1;
    }

    /// <summary>Never waits: below 0 when there is no room (<see cref="WouldBlock"/>), or nobody to read it.</summary>
    public static nint Send(int fd, byte* bytes, nint count)
    {
        nint sent;
        do
            sent = send(fd, bytes, count, NoSignal | NoWait);
        while (sent < 0 && Marshal.GetLastPInvokeError() == Native.Eintr);
        return sent;
    }

    /// <summary>The last <see cref="Send"/> failed for want of room alone.</summary>
    public static bool WouldBlock() => Marshal.GetLastPInvokeError() == Native.Eagain;

    public static nint Receive(int fd, byte* bytes, nint count)
    {
        nint read;
        do
            read = recv(fd, bytes, count, 0);
        while (read < 0 && Marshal.GetLastPInvokeError() == Native.Eintr);
        return read;
    }

    public static void ShutDown(int fd) => _ = shutdown(fd, BothWays);

    private static int CreateSocket()
    {
        var fd = socket(Family, Stream, 0);
        if (fd < 0) throw CreateError("no socket");
        SetCloseOnExec(fd);
        return fd;
    }

    private static void SetCloseOnExec(int fd) => _ = ControlDescriptor(fd, SetFd, CloseOnExec);

    private static uint WriteAddress(string path, byte* address)
    {
        var size = Encoding.UTF8.GetByteCount(path);
        if (size >= PathRoom)
            throw new IOException($"the path {path} is too long for a socket ({PathRoom - 1} bytes at most)");
        new Span<byte>(address, AddressSize).Clear();
        // macOS has a length in the first byte and the family in the second.
        if (Native.Mac)
            (address[0], address[1]) = ((byte)(size + 3), Family);
        else
            *(ushort*)address = Family;
        Encoding.UTF8.GetBytes(path, new Span<byte>(address + 2, PathRoom));
        return (uint)(size + 3);
    }

    private static IOException CreateError(string what) => new($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
}
