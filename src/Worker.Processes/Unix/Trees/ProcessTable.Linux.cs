using System.Globalization;
using System.Text;

namespace OpenClaw.Worker.Processes.Unix.Trees;

internal static class ProcessTableLinux
{
    private const int MostLooks = 100;

    public static List<ProcessEntry> Read()
    {
        var result = new List<ProcessEntry>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Read(pid) is { } entry)
                result.Add(entry);
        }
        return result;
    }

    public static ProcessEntry? Read(int pid)
    {
        try
        {
            return ParseStat(File.ReadAllText($"/proc/{pid}/stat", Encoding.Latin1));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// While a process becomes another program it shows no environment, for as long as it waits for a processor in that moment. It is
    /// looked at until it does: else what has left group and session behind would be taken for somebody else's, and be left running.
    /// </summary>
    public static bool HasMarker(int pid, ProcessMarker marker)
    {
        try
        {
            var (pause, isOver) = (new SpinWait(), false);
            for (var looks = 1; ; looks++)
            {
                var environment = File.ReadAllBytes($"/proc/{pid}/environ");
                if (environment.Length > 0 || isOver || looks == MostLooks) return marker.IsIn(environment);
                // It may have become the other since it was looked at: then it is looked at once more.
                isOver = !IsInExec(pid);
                if (!isOver) pause.SpinOnce();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A line of /proc/pid/stat. The name in brackets may hold blanks and brackets itself, so count from the last one.</summary>
    public static ProcessEntry? ParseStat(string stat)
    {
        var open = stat.IndexOf('(', StringComparison.Ordinal);
        var close = stat.LastIndexOf(')');
        if (open < 2 || close < 0) return null;
        var rest = stat[(close + 2)..].Split(' ');
        return rest.Length < 20 ? null : new ProcessEntry(
            int.Parse(stat.AsSpan(0, open - 1), CultureInfo.InvariantCulture),
            ParseNumber(rest[1]), ParseNumber(rest[2]), ParseNumber(rest[3]),
            ulong.Parse(rest[19], CultureInfo.InvariantCulture),
            rest[0] is "Z" or "X",
            rest[0] is "T" or "t");
    }

    /// <summary>It has memory, unlike what has ended and the kernel's own, and not even the name of a program in it.</summary>
    private static bool IsInExec(int pid) =>
        File.ReadAllBytes($"/proc/{pid}/cmdline").Length == 0
        && !File.ReadAllText($"/proc/{pid}/statm").StartsWith("0 ", StringComparison.Ordinal);

    private static int ParseNumber(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
