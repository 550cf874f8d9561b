using System.Globalization;

namespace OpenClaw.Worker.Processes.Unix.Cgroups;

/// <summary>
/// The control group of one program: what it starts is in it, whatever it does with sessions, parents and its environment, and ends with
/// it in one stroke. All files are small and in memory; a failure means the group is gone.
/// </summary>
internal sealed class TaskCgroup
{
    // Threads count in pids.max and a process may have many; processes are counted by ourselves, this is the wall behind.
    private const int ThreadsBeyond = 1024;
    private static readonly Lock StaleLock = new();
    private static readonly HashSet<string> Stale = [];
    private readonly string folder;

    private TaskCgroup(string folder, bool limitsMemory) => (this.folder, LimitsMemory) = (folder, limitsMemory);

    /// <summary>True when the kernel itself holds the limit of memory.</summary>
    public bool LimitsMemory { get; }

    /// <summary>A group for a program of the attempt; null where there is none.</summary>
    public static TaskCgroup? TryCreate(ProcessMarker marker, ProcessLimits? limits)
    {
        if (CgroupRoot.Current is not { } place || FormatName(marker) is not { } name) return null;
        try
        {
            for (var number = 1; number < 100; number++)
            {
                var folder = Path.Combine(place.Folder, string.Create(CultureInfo.InvariantCulture, $"{name}.{number}"));
                if (Directory.Exists(folder)) continue;
                Directory.CreateDirectory(folder);
                var group = new TaskCgroup(folder, place.LimitsMemory);
                group.ApplyLimits(place, limits);
                return group;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Scanning does it.
        }
        return null;
    }

    /// <summary>The groups an attempt has left, perhaps of a daemon before this one.</summary>
    public static IReadOnlyList<TaskCgroup> FindByMarker(ProcessMarker marker)
    {
        if (CgroupRoot.Current is not { } place || FormatName(marker) is not { } name) return [];
        try
        {
            return [.. Directory.EnumerateDirectories(place.Folder, name + ".*")
                .Select(folder => new TaskCgroup(folder, place.LimitsMemory))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Puts a process into the group.</summary>
    public bool AddProcess(int pid) => WriteFile("cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ids of the processes in it.</summary>
    public IEnumerable<int> GetPids() => ReadPids(folder);

    /// <summary>SIGKILL to all of it at once; nothing that is just being forked escapes.</summary>
    public void KillAll() => WriteFile("cgroup.kill", "1");

    /// <summary>CPU time of all that ever ran in it, ms; null when it is gone.</summary>
    public (long User, long System)? ReadCpuTimes()
    {
        var lines = ReadFile("cpu.stat");
        return ParseField(lines, "user_usec") is { } user && ParseField(lines, "system_usec") is { } system ? (user / 1000, system / 1000)
            : null;
    }

    /// <summary>Most memory it had at a time; null where the kernel does not count it.</summary>
    public long? ReadPeakMemory() =>
        LimitsMemory && long.TryParse(ReadFile("memory.peak"), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes
            : null;

    /// <summary>True when the kernel ended something in it for want of memory.</summary>
    public bool RanOutOfMemory() => LimitsMemory && ParseField(ReadFile("memory.events"), "oom_kill") is > 0;

    /// <summary>Gives it back; one in which something lives on is given back once that has ended.</summary>
    public void RemoveWhenEmpty()
    {
        if (TryRemove(folder)) return;
        lock (StaleLock)
            Stale.Add(folder);
    }

    /// <summary>Gives back what has become empty since.</summary>
    public static void RemoveStale()
    {
        lock (StaleLock)
        {
            if (Stale.Count > 0) Stale.RemoveWhere(TryRemove);
        }
    }

    private static string? FormatName(ProcessMarker marker)
    {
        var id = $"{marker.Task}.{marker.Attempt}{(marker.IsHook ? "-hook" : "")}";
        return id.Length <= 128 && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.') && id[0] != '.'
            ? CgroupRoot.Prefix + id
            : null;
    }

    private void ApplyLimits(CgroupRoot place, ProcessLimits? limits)
    {
        if (place.LimitsMemory && limits?.MemoryBytes is { } memory)
        {
            WriteFile("memory.max", memory.ToString(CultureInfo.InvariantCulture));
            WriteFile("memory.swap.max", "0");
            WriteFile("memory.oom.group", "1");
        }
        if (place.LimitsProcesses && limits?.Processes is { } processes)
            WriteFile("pids.max", (processes + ThreadsBeyond).ToString(CultureInfo.InvariantCulture));
    }

    private static IEnumerable<int> ReadPids(string folder)
    {
        var pids = new List<int>();
        try
        {
            pids.AddRange(
                File.ReadAllLines(Path.Combine(folder, "cgroup.procs")).Select(line => int.Parse(line, CultureInfo.InvariantCulture)));
            foreach (var inner in Directory.EnumerateDirectories(folder))
                pids.AddRange(ReadPids(inner));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Gone, and with it all that was in it.
        }
        return pids;
    }

    /// <summary>Removes it with what is below; false while something lives in it.</summary>
    public static bool TryRemove(string folder)
    {
        try
        {
            foreach (var inner in Directory.EnumerateDirectories(folder))
                TryRemove(inner);
            Directory.Delete(folder);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists(folder);
        }
    }

    private static long? ParseField(string? lines, string name)
    {
        foreach (var line in (lines ?? "").AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name) && line.Length > name.Length && line[name.Length] == ' ')
                return long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
        }
        return null;
    }

    private string? ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private bool WriteFile(string file, string text)
    {
        try
        {
            using var stream = new FileStream(Path.Combine(folder, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
