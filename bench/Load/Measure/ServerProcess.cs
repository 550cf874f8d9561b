using System.Globalization;

namespace OpenClaw.Load.Measure;

/// <summary>CPU time and memory of the server, from /proc.</summary>
internal sealed class ServerProcess(int? pid)
{
    private const double ClockTick = 100;

    /// <summary>User and system time so far, seconds; null without a pid or a /proc.</summary>
    public double? CpuSeconds()
    {
        if (Read("stat") is not { } stat) return null;
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / ClockTick;
    }

    /// <summary>Resident set, KiB.</summary>
    public long? RssKib()
    {
        var line = Read("status")?.Split('\n').FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return line is null ? null : long.Parse(line[6..].Replace("kB", "").Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private string? Read(string file)
    {
        var path = $"/proc/{pid}/{file}";
        return pid is not null && File.Exists(path) ? File.ReadAllText(path) : null;
    }
}
