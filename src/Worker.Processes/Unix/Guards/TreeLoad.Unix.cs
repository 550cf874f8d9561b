using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace OpenClaw.Worker.Processes.Unix.Guards;

/// <summary>What a tree uses at one moment.</summary>
internal readonly record struct TreeLoad(int Processes, long MemoryBytes, long UserMilliseconds, long SystemMilliseconds)
{
    /// <summary>The limit that is exceeded; null: none. Pure.</summary>
    public string? FindExceededLimit(ProcessLimits limits) =>
        MemoryBytes > limits.MemoryBytes ? ProcessLimits.Memory
        : Processes > limits.Processes ? ProcessLimits.Process
        : UserMilliseconds + SystemMilliseconds > limits.CpuMilliseconds ? ProcessLimits.Cpu
        : null;

    public static TreeLoad operator +(TreeLoad one, TreeLoad other) => new(
        one.Processes + other.Processes, one.MemoryBytes + other.MemoryBytes,
        one.UserMilliseconds + other.UserMilliseconds, one.SystemMilliseconds + other.SystemMilliseconds);

    /// <summary>One process and the time of children it has waited for; nothing when it is gone.</summary>
    public static TreeLoad MeasureProcess(int pid) => Native.Mac ? TreeLoadMac.MeasureProcess(pid) : MeasureLinux(pid);

    /// <summary>A line of /proc/pid/stat and one of /proc/pid/statm. Memory is what no file is behind. Pure.</summary>
    public static TreeLoad Parse(string stat, string statm)
    {
        const int TicksPerSecond = 100;
        var rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var pages = statm.Split(' ');
        return new TreeLoad(
            1, (ParseNumber(pages[1]) - ParseNumber(pages[2])) * System.Environment.SystemPageSize,
            (ParseNumber(rest[11]) + ParseNumber(rest[13])) * 1000 / TicksPerSecond,
            (ParseNumber(rest[12]) + ParseNumber(rest[14])) * 1000 / TicksPerSecond);
    }

    private static TreeLoad MeasureLinux(int pid)
    {
        try
        {
            var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/");
            return Parse(File.ReadAllText(folder + "stat", Encoding.Latin1), File.ReadAllText(folder + "statm"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private static long ParseNumber(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>The same from libproc; not run in our tests.</summary>
internal static unsafe partial class TreeLoadMac
{
    private const int TaskInfo = 4;
    private const int TaskInfoSize = 96;

    [LibraryImport("libproc", EntryPoint = "proc_pidinfo")]
    private static partial int PidInfo(int pid, int flavor, ulong argument, byte* buffer, int size);
    [LibraryImport("libproc", EntryPoint = "proc_pid_rusage")]
    private static partial int PidUsage(int pid, int flavor, byte* buffer);
    [LibraryImport("libSystem", EntryPoint = "mach_timebase_info")]
    private static partial int TimeBase(uint* info);

    /// <summary>struct proc_taskinfo: resident size at 8, user time at 16, system time at 24.</summary>
    public static TreeLoad MeasureProcess(int pid)
    {
        var info = stackalloc byte[TaskInfoSize];
        return PidInfo(pid, TaskInfo, 0, info, TaskInfoSize) == TaskInfoSize
            ? new TreeLoad(1, *(long*)(info + 8), ToMilliseconds(*(ulong*)(info + 16)), ToMilliseconds(*(ulong*)(info + 24)))
            : default;
    }

    /// <summary>struct rusage_info_v4, which a zombie still has: user time at 16, system time at 24, largest footprint at 240.</summary>
    public static TreeLoad? MeasureEnded(int pid)
    {
        var info = stackalloc byte[512];
        return PidUsage(pid, 4, info) == 0
            ? new TreeLoad(1, *(long*)(info + 240), ToMilliseconds(*(ulong*)(info + 16)), ToMilliseconds(*(ulong*)(info + 24)))
            : null;
    }

    private static long ToMilliseconds(ulong ticks)
    {
        var ratio = stackalloc uint[2];
        return TimeBase(ratio) == 0 && ratio[1] != 0 ? (long)((UInt128)ticks * ratio[0] / ratio[1] / 1_000_000) : (long)(ticks / 1_000_000);
    }
}
