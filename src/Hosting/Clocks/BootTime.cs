using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OpenClaw.Hosting.Clocks;

/// <summary>Time since this machine started, with the time it slept. Nobody can set it.</summary>
internal static unsafe partial class BootTime
{
    private const int LinuxBootTime = 7;
    private const int MacMonotonic = 6;

    /// <summary>Now. On Windows its own monotonic clock, which goes on in sleep.</summary>
    public static TimeSpan Now
    {
        get
        {
            var time = stackalloc long[2];
            return !OperatingSystem.IsWindows() && ReadClock(OperatingSystem.IsMacOS() ? MacMonotonic : LinuxBootTime, time) == 0
                ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / 100)
                : Stopwatch.GetElapsedTime(0);
        }
    }

    /// <summary>Tells one start of the machine from another; null where the system does not say.</summary>
    public static string? Boot
    {
        get
        {
            try
            {
                return OperatingSystem.IsLinux() ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : null;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, long* time);
}
