using System.Globalization;

namespace OpenClaw.Load.Measure;

/// <summary>CPU time and memory of one process of the server, from /proc.</summary>
internal sealed class ServerProcess(int pid)
{
    private const double ClockTick = 100;

    /// <summary>The program's name, without our prefix.</summary>
    public string Name { get; } = Path.GetFileName(Read(pid, "cmdline")?.Split('\0')[0])?.Replace("openclaw-", "")
        ?? throw new ArgumentException($"There is no process {pid}.");

    /// <summary>User and system time so far, seconds.</summary>
    public double CpuSeconds()
    {
        var stat = Read(pid, "stat") ?? throw new InvalidOperationException($"The process {Name} has ended.");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / ClockTick;
    }

    /// <summary>Resident set size in KiB.</summary>
    public long RssKib() => Status("VmRSS:");

    /// <summary>Largest resident set so far, KiB.</summary>
    public long PeakRssKib() => Status("VmHWM:");

    private long Status(string field)
    {
        var line = Read(pid, "status")?.Split('\n').FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
        return line is null ? 0 : Number(line[field.Length..].Replace("kB", "").Trim());
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string? Read(int pid, string file)
    {
        var path = $"/proc/{pid}/{file}";
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }
}
