using System.Globalization;

namespace OpenClaw.Bench.Micro;

/// <summary>Time the writers' threads spent on a CPU: says what a row costs even on a machine that is busy with other things.</summary>
internal static class WriterThread
{
    /// <summary>Milliseconds so far; 0 where Linux' /proc is missing.</summary>
    public static double CpuMilliseconds()
    {
        if (!Directory.Exists("/proc/self/task")) return 0;
        var milliseconds = 0.0;
        foreach (var task in Directory.GetDirectories("/proc/self/task"))
        {
            if (File.ReadAllText(task + "/comm").Trim() != "openclaw-writer") continue;
            var onCpu = File.ReadAllText(task + "/schedstat").Split(' ')[0];
            milliseconds += long.Parse(onCpu, CultureInfo.InvariantCulture) / 1e6;
        }
        return milliseconds;
    }
}
