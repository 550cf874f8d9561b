namespace OpenClaw.Worker.Processes.Unix.Cgroups;

/// <summary>
/// Removes groups of daemons that were killed, whose attempts nobody resumes. Other daemons may use the same folder: only what is empty
/// goes, and not what was made just now, for a program may be about to enter it. The kernel removes no group that is in use.
/// </summary>
internal static class AbandonedCgroups
{
    private static readonly TimeSpan MinAge = TimeSpan.FromMinutes(1);

    /// <summary>Removes them where this process may make groups; how many.</summary>
    public static int RemoveAll(DateTimeOffset now) => CgroupRoot.Current is { } place ? RemoveAll(place.Folder, now) : 0;

    public static int RemoveAll(string folder, DateTimeOffset now)
    {
        try
        {
            return Directory.GetDirectories(folder, CgroupRoot.Prefix + "*")
                .Count(group => IsAbandoned(group, now) && TaskCgroup.TryRemove(group));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Nothing lives in it or below. The time is of when the kernel first showed the folder: never before it was made.</summary>
    private static bool IsAbandoned(string group, DateTimeOffset now)
    {
        try
        {
            return Path.GetFileName(group) != CgroupRoot.DaemonLeaf
                && now - Directory.GetLastWriteTimeUtc(group) > MinAge
                && File.ReadAllLines(Path.Combine(group, "cgroup.events")).Contains("populated 0");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
