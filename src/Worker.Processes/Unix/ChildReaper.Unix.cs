using System.Globalization;
using System.Runtime.InteropServices;
using OpenClaw.Worker.Processes.Unix.Cgroups;
using OpenClaw.Worker.Processes.Unix.Guards;
using OpenClaw.Worker.Processes.Unix.Trees;

namespace OpenClaw.Worker.Processes.Unix;

/// <summary>
/// The processes we started and have not reaped. On Linux this process is also the subreaper of its descendants, so that orphans
/// (a double fork, <c>setsid</c>) come to us instead of to init; they stay findable, and are reaped here once they have ended.
/// </summary>
internal static unsafe partial class ChildReaper
{
    private const int SetChildSubreaper = 36;
    private const long CloseRange = 436;
    private const long CloseRangeOnExec = 4;
    private static readonly long WaitIdCall = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 247 : 95;
    private const int ById = 1;
    private const int Exited = 4;
    private const int NoHang = 1;
    private const int Dumped = 3;
    private const int Killed = 2;
    private static readonly int NoWait = Native.Mac ? 0x20 : 0x1000000;
    private static readonly HashSet<int> Tracked = [];
    private static HashSet<(int, ulong)> zombiesBefore = [];

    /// <summary>
    /// Shared by spawns, from before one until its id is in <see cref="Tracked"/>, so that the reaper never takes a child of ours. A spawn
    /// may hang on a file system that does not answer: spawns don't wait for each other, and the reaper does not wait for them.
    /// </summary>
    private static readonly ReaderWriterLockSlim Spawns = new();

    /// <summary>Starts a process: 0 and its id, or an errno.</summary>
    public delegate int Spawner(out int pid);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number, long a, long b, long c, long d);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long a, long b, byte* c, long d, byte* e);

    /// <summary>Orphans of what we start become our children. Linux only; elsewhere nothing happens.</summary>
    public static void BecomeSubreaper()
    {
        if (OperatingSystem.IsLinux()) _ = ProcessControl(SetChildSubreaper, 1, 0, 0, 0);
    }

    /// <summary>
    /// Descriptors this process itself inherited from whoever started it go no further. (All it opens itself is closed on exec anyway;
    /// macOS closes them in the spawn.) A kernel before 5.11 doesn't know the call and nothing changes.
    /// </summary>
    public static void CloseDescriptorsOnExec()
    {
        if (OperatingSystem.IsLinux()) _ = SystemCall(CloseRange, 3, uint.MaxValue, CloseRangeOnExec, 0);
    }

    /// <summary>
    /// Starts a process of ours, or nothing when the id is 0. It is kept from the reaper until <see cref="ReleaseTracked"/>.
    /// </summary>
    public static int StartTracked(Spawner spawn, out int pid)
    {
        Spawns.EnterReadLock();
        try
        {
            var errno = spawn(out pid);
            if (errno == 0 && pid > 0)
            {
                lock (Tracked)
                    Tracked.Add(pid);
            }
            return errno;
        }
        finally
        {
            Spawns.ExitReadLock();
        }
    }

    /// <summary>Blocks until the process has ended; it stays a zombie, so its id stays ours.</summary>
    public static ProcessEnd WaitForEnd(int pid)
    {
        var info = stackalloc byte[256];
        var usage = stackalloc byte[256];
        while (WaitId(pid, info, usage) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Native.Eintr)
                return new ProcessEnd { StartError = "the process was taken from the worker; how it ended is not known" };
        }
        var code = *(int*)(info + 8);
        var status = *(int*)(info + (Native.Mac ? 20 : 24));
        var end = code is Killed or Dumped ? new ProcessEnd { Signal = Signals.FormatName(status) }
            : new ProcessEnd { ExitCode = status & 0xff };
        return end with { Usage = Native.Mac ? ReadUsageMac(pid) : ReadUsage((long*)usage) };
    }

    /// <summary>The C library's waitid has no usage, the kernel's has.</summary>
    private static int WaitId(int pid, byte* info, byte* usage) => Native.Mac
        ? Native.WaitId(ById, pid, info, Exited | NoWait)
        : (int)SystemCall(WaitIdCall, ById, pid, info, Exited | NoWait, usage);

    /// <summary>struct rusage: user and system time as seconds and microseconds, then the largest resident size in KiB.</summary>
    private static ProcessUsage ReadUsage(long* rusage) => new ProcessUsage
    {
        UserMilliseconds = rusage[0] * 1000 + rusage[1] / 1000,
        SystemMilliseconds = rusage[2] * 1000 + rusage[3] / 1000,
        CpuFrom = "rusage",
    }.WithPeak(rusage[4] * 1024, ReadOwnPeak());

    /// <summary>Most memory this process ever had, bytes.</summary>
    private static long ReadOwnPeak()
    {
        const string Line = "VmHWM:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(Line, StringComparison.Ordinal));
        return line is null ? 0 : 1024 * long.Parse(line[Line.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture);
    }

    private static ProcessUsage? ReadUsageMac(int pid) => TreeLoadMac.MeasureEnded(pid) is not { } load ? null : new ProcessUsage
    {
        UserMilliseconds = load.UserMilliseconds,
        SystemMilliseconds = load.SystemMilliseconds,
        CpuFrom = "rusage",
        PeakMemoryBytes = load.MemoryBytes,
        MemoryFrom = "rusage",
    };

    /// <summary>Reaps what has ended; true when something of ours, or an orphan that came to us, still runs.</summary>
    public static bool ReapAndCheckRunning()
    {
        int reaped;
        do
            reaped = Native.WaitPid(-1, null, NoHang);
        while (reaped > 0);
        return reaped == 0;
    }

    /// <summary>Reaps it when it has ended, else leaves it to <see cref="ReapOrphans"/>.</summary>
    public static void ReleaseTracked(int pid)
    {
        lock (Tracked)
        {
            if (Tracked.Remove(pid)) _ = Native.WaitPid(pid, null, NoHang);
        }
    }

    /// <summary>
    /// Reaps orphans that became our children and have ended. Only what is a zombie at two calls in a row: .NET reaps its own children, of
    /// which our host may have some, the moment they end. Call it every few seconds.
    /// </summary>
    public static void ReapOrphans()
    {
        if (!OperatingSystem.IsLinux()) return;
        // While a spawn is under way there may be a child that is in no list yet. There is time.
        if (Spawns.TryEnterWriteLock(TimeSpan.Zero))
        {
            try
            {
                lock (Tracked)
                    ReapZombies();
            }
            finally
            {
                Spawns.ExitWriteLock();
            }
        }
        TaskCgroup.RemoveStale();
    }

    private static void ReapZombies()
    {
        var zombies = ProcessTable.Read()
            .Where(entry => entry.Zombie && entry.Parent == Environment.ProcessId && !Tracked.Contains(entry.Pid))
            .Select(entry => (entry.Pid, entry.Start)).ToHashSet();
        foreach (var (pid, _) in zombies.Where(zombiesBefore.Contains))
            _ = Native.WaitPid(pid, null, NoHang);
        zombiesBefore = zombies;
    }
}
