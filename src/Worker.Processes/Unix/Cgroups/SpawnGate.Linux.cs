using System.Globalization;
using System.Runtime.InteropServices;

namespace OpenClaw.Worker.Processes.Unix.Cgroups;

/// <summary>
/// Holds a child back between fork and exec until it is in its control group, so that nothing it starts was ever outside. We hold a lease
/// (fcntl(2), F_SETLEASE) on a file the child opens, which waits until the lease is given up; a thread of ours sees the child, puts it
/// into the group and gives the lease up. If we die first the lease dies with us, the child finds the file gone and ends: it has run
/// nothing.
/// </summary>
internal sealed unsafe partial class SpawnGate : IDisposable
{
    private const uint CloseOnExecMemory = 1;
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const int SetSignal = 10;
    private const int SetLease = 1024;
    private const nint WriteLease = 1;
    private const nint NoLease = 2;
    private const nint SigUrg = 23;
    private static readonly long GetTidCall = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 186 : 178;
    private static readonly Lazy<SpawnGate?> Ours = new(TryCreate);

    private int disposed;

    private SpawnGate(int fd) => (Fd, Path) = (fd, FormatPath(fd));

    /// <summary>The child closes its copy: with it open the lease would outlive us.</summary>
    public int Fd { get; }

    /// <summary>Known by this name only as long as this process lives.</summary>
    public string Path { get; }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int ControlDescriptor(int fd, int command, nint argument);
    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number);

    /// <summary>The kernel's id of this thread. (An older C library has no gettid.)</summary>
    public static int ThisThread => (int)SystemCall(GetTidCall);

    /// <summary>
    /// Starts a program in the group; the answer is the spawn's. <paramref name="inside"/>: it is in the group; else it may not run there.
    /// </summary>
    public static int StartInGroup(TaskCgroup group, Func<SpawnGate?, int> spawn, out bool inside)
    {
        inside = false;
        var thread = ThisThread;
        if (Ours.Value is not { } gate || FindChildren(thread) is not { } before) return spawn(null);
        using var turn = new GateSlot();
        if (!gate.TryLock()) return spawn(null);
        var usher = new ChildMover(group, gate, thread, [.. before]);
        var ushering = new Thread(() => usher.MoveIntoGroup(turn), 128 * 1024) { IsBackground = true, Name = "usher" };
        ushering.Start();
        var errno = spawn(gate);
        usher.Over = true;
        turn.Dispose();
        ushering.Join();
        inside = usher.Added;
        return errno;
    }

    /// <summary>Null where the kernel or a foreign /proc does not let us.</summary>
    public static SpawnGate? TryCreate()
    {
        var memory = CreateMemoryFile("openclaw-gate", CloseOnExecMemory);
        if (memory < 0) return null;
        // A lease needs the only opening of a file there is, and a memory file as it is made counts as none.
        var fd = OpenFile(FormatPath(memory), ReadWrite | CloseOnExec);
        _ = Native.Close(memory);
        return fd < 0 ? null : new SpawnGate(fd);
    }

    /// <summary>From now on a child waits; false when that can't be had.</summary>
    public bool TryLock()
    {
        // The signal that tells of somebody waiting would end us; this one is ignored. Each lease that is given up takes it with it.
        return ControlDescriptor(Fd, SetSignal, SigUrg) == 0 && ControlDescriptor(Fd, SetLease, WriteLease) == 0;
    }

    /// <summary>The child goes on.</summary>
    public void Unlock() => _ = ControlDescriptor(Fd, SetLease, NoLease);

    /// <summary>As our death does.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0) _ = Native.Close(Fd);
    }

    /// <summary>Children that this thread has started; null when the kernel does not tell.</summary>
    public static int[]? FindChildren(int thread)
    {
        try
        {
            return [.. File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/children"))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string FormatPath(int fd) => string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{fd}");

    private sealed class ChildMover(TaskCgroup group, SpawnGate gate, int thread, HashSet<int> before)
    {
        private volatile bool over;

        public bool Added { get; private set; }
        public bool Over { set => over = value; }

        public void MoveIntoGroup(GateSlot turn)
        {
            var child = 0;
            while (!over && child == 0)
            {
                child = FindChildren(thread)?.FirstOrDefault(one => !before.Contains(one)) ?? 0;
                Thread.Yield();
            }
            Added = child > 0 && group.AddProcess(child);
            gate.Unlock();
            turn.ReleaseSoon();
        }
    }

    /// <summary>
    /// One spawn at a time uses the gate. It ends with the spawn, or some time after the child has passed: that child may hang on its way
    /// to exec, on a file system that does not answer, and by then it has closed what it opened here.
    /// </summary>
    private sealed class GateSlot : IDisposable
    {
        private static readonly SemaphoreSlim Free = new(1);
        private static readonly TimeSpan Passed = TimeSpan.FromMilliseconds(200);
        private readonly ManualResetEventSlim ended = new();
        private int given;

        public GateSlot() => Free.Wait();

        public void ReleaseSoon()
        {
            ended.Wait(Passed);
            ReleaseOnce();
        }

        public void Dispose()
        {
            ended.Set();
            ReleaseOnce();
        }

        private void ReleaseOnce()
        {
            if (Interlocked.Exchange(ref given, 1) == 0) Free.Release();
        }
    }
}
