using System.Globalization;

namespace OpenClaw.Worker.Processes.Unix.Cgroups;

/// <summary>
/// The folder in which this process may make control groups (version 2), each task in one of its own. Under systemd with
/// <c>Delegate=yes</c>, in a container that has its own, or as root there is one; elsewhere trees are found by scanning.
/// </summary>
internal sealed record CgroupRoot(string Folder, bool LimitsMemory, bool LimitsProcesses)
{
    public const string Prefix = "openclaw-";
    public const string DaemonLeaf = "openclaw-daemon";
    private static readonly Lazy<CgroupRoot?> Found = new(FindForProcess);

    /// <summary>Null where no group can be made.</summary>
    public static CgroupRoot? Current => OperatingSystem.IsLinux() ? Found.Value : null;

    /// <summary>This process's folder below the mount of version 2; null without one. Pure.</summary>
    public static string? ParseFolder(string procCgroup, string mountInfo)
    {
        var path = procCgroup.Split('\n').FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[3..];
        if (path is null || path.Contains("/..", StringComparison.Ordinal)) return null;
        foreach (var line in mountInfo.Split('\n'))
        {
            var parts = line.Split(" - ");
            if (parts.Length != 2 || !parts[1].StartsWith("cgroup2 ", StringComparison.Ordinal)
                || parts[0].Split(' ') is not { Length: > 4 } mount)
                continue;
            var (root, point) = (mount[3].TrimEnd('/'), mount[4]);
            if (path == root || path.StartsWith(root + "/", StringComparison.Ordinal))
                return (point + path[root.Length..]).TrimEnd('/');
        }
        return null;
    }

    private static CgroupRoot? FindForProcess()
    {
        try
        {
            if (ParseFolder(File.ReadAllText("/proc/self/cgroup"), File.ReadAllText("/proc/self/mountinfo")) is not { } own)
                return null;
            var folder = Path.GetFileName(own) == DaemonLeaf ? Path.GetDirectoryName(own)! : own;
            var probe = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}probe-{Environment.ProcessId}"));
            Directory.CreateDirectory(probe);
            var kills = File.Exists(Path.Combine(probe, "cgroup.kill"));
            Directory.Delete(probe);
            if (!kills) return null;
            DelegateControllers(folder);
            var given = File.ReadAllText(Path.Combine(folder, "cgroup.subtree_control")).Split([' ', '\n']);
            return new CgroupRoot(folder, given.Contains("memory"), given.Contains("pids"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Hands the controllers down. A group with processes of its own can't, so the daemon steps into a leaf; only when nobody else is
    /// in the group, for it would not be ours then.
    /// </summary>
    private static void DelegateControllers(string folder)
    {
        var wanted = File.ReadAllText(Path.Combine(folder, "cgroup.controllers")).Split([' ', '\n']).Intersect(["memory", "pids"])
            .ToArray();
        if (wanted.Length == 0) return;
        try
        {
            var inside = File.ReadAllLines(Path.Combine(folder, "cgroup.procs"));
            var self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            if (inside is [var only] && only == self)
            {
                var leaf = Directory.CreateDirectory(Path.Combine(folder, DaemonLeaf)).FullName;
                File.WriteAllText(Path.Combine(leaf, "cgroup.procs"), self);
            }
            File.WriteAllText(Path.Combine(folder, "cgroup.subtree_control"), string.Join(' ', wanted.Select(name => "+" + name)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Groups without controllers still hold a tree together.
        }
    }
}
