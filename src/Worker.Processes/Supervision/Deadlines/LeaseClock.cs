using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OpenClaw.Worker.Processes.Supervision.Deadlines;

/// <summary>
/// Where another attempt, or another task with its key, may follow, a run ends when its lease was not renewed in time, whether a daemon
/// is there to say so or not. Counted on a clock that goes on while the machine sleeps: the server's does too.
/// </summary>
internal sealed class LeaseClock(TimeSpan lease, Func<TimeSpan> now, TimeSpan age)
{
    private long renewedAt = (now() - age).Ticks;

    /// <summary>
    /// When a run has to be ended that was not renewed: somewhat before the server's lease is over, because leases are looked at every two
    /// seconds only, and the next attempt begins as soon as lease and killGrace have passed there.
    /// </summary>
    public static TimeSpan ComputeEndDelay(TimeSpan lease) => lease - (lease / 15);

    /// <summary>A renewal asked for so long ago was granted. An older one than the last changes nothing.</summary>
    public void Renew(TimeSpan ago)
    {
        var at = (now() - ago).Ticks;
        for (var known = Interlocked.Read(ref renewedAt); at > known; known = Interlocked.Read(ref renewedAt))
            Interlocked.CompareExchange(ref renewedAt, at, known);
    }

    public TimeSpan Left => lease - (now() - new TimeSpan(Interlocked.Read(ref renewedAt)));
}

/// <summary>Time since the machine started, with the time it slept.</summary>
internal static unsafe partial class BootTimeClock
{
    private const int LinuxBootTime = 7;
    private const int MacMonotonic = 6;

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, long* time);

    public static TimeSpan GetElapsed()
    {
        var time = stackalloc long[2];
        return !OperatingSystem.IsWindows() && clock_gettime(OperatingSystem.IsMacOS() ? MacMonotonic : LinuxBootTime, time) == 0
            ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / 100)
            : Stopwatch.GetElapsedTime(0);
    }
}
