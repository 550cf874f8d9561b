using System.Globalization;
using System.Text;

namespace OpenClaw.Worker.Processes.Unix.Trees;

/// <summary>Reads /proc.</summary>
internal static class ProcessTableLinux
{
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
            return Parse(File.ReadAllText($"/proc/{pid}/stat", Encoding.Latin1));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static bool Carries(int pid, ProcessMarker marker)
    {
        try
        {
            return marker.IsIn(File.ReadAllBytes($"/proc/{pid}/environ"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A line of /proc/pid/stat. The name in brackets may hold blanks and brackets itself, so count from the last one.</summary>
    public static ProcessEntry? Parse(string stat)
    {
        var open = stat.IndexOf('(', StringComparison.Ordinal);
        var close = stat.LastIndexOf(')');
        if (open < 2 || close < 0)
            return null;
        var rest = stat[(close + 2)..].Split(' ');
        return rest.Length < 20 ? null : new ProcessEntry(
            int.Parse(stat.AsSpan(0, open - 1), CultureInfo.InvariantCulture),
            Number(rest[1]), Number(rest[2]), Number(rest[3]),
            ulong.Parse(rest[19], CultureInfo.InvariantCulture),
            rest[0] is "Z" or "X",
            rest[0] is "T" or "t");
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
