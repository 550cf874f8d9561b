using System.Globalization;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes.Arguments;

namespace OpenClaw.Worker.Policy.Sandbox;

/// <summary>What stands at a path of the system, for the sandbox to show it the same way.</summary>
internal delegate (bool Exists, string? LinkTarget) PathInspector(string path);

/// <summary>Where things are for one sandbox: all paths without links. <paramref name="Closed"/> is shown to nobody.</summary>
internal sealed record SandboxPaths(
    string Home, IReadOnlyList<string> Closed, IReadOnlyList<string> Read, IReadOnlyList<string> Write, long? Disk);

/// <summary>
/// bubblewrap's arguments: an empty file system, in it the system read-only, the owner's folders, an own /tmp, /proc and /dev. Pure. What
/// is not named here is not there.
/// </summary>
internal static class BubbleWrap
{
    private static readonly string[] SystemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    // Of /etc only what programs need to run; never shadow, keys or the settings of services.
    private static readonly string[] Settings =
    [
        "alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "passwd", "group", "nsswitch.conf", "resolv.conf", "hosts",
        "host.conf",
        "hostname", "localtime", "timezone", "ssl", "ca-certificates", "pki", "profile", "profile.d", "bash.bashrc", "inputrc", "terminfo",
        "mime.types", "protocols", "services", "gitconfig", "os-release", "debian_version", "lsb-release", "fonts", "locale.conf", "magic",
    ];

    /// <summary>The arguments up to the program's own, which come after.</summary>
    /// <param name="profile">How programs are shut in.</param>
    /// <param name="place">Where things are.</param>
    /// <param name="workingDirectory">Where the program begins.</param>
    /// <param name="look">What stands at a path.</param>
    /// <param name="inherited">
    /// Receives the folders that bubblewrap must inherit open, in order: those that tasks could replace. Null: this bubblewrap takes only
    /// paths.
    /// </param>
    public static IReadOnlyList<string> BuildArguments(
        SandboxProfile profile, SandboxPaths place, string workingDirectory, PathInspector look, List<string>? inherited = null)
    {
        List<string> arguments =
            ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL"];
        if (!profile.Network) arguments.Add("--unshare-net");
        var shown = GetVisibleFolders(profile, place).ToLookup(folder => folder.Path == "/");
        if (shown[true].Any())
            AddBinds(arguments, shown[true]);
        else
            AddSystem(arguments, look);
        arguments.AddRange(["--proc", "/proc", "--dev", "/dev"]);
        AddScratch(arguments, "/tmp", place.Disk);
        if (place.Home is not "/") AddScratch(arguments, place.Home, place.Disk);
        var pinned = GetPinnedFolders(profile, place).Select(path => (Path: path, Writable: true));
        var writable = GetVisibleFolders(profile, place).Where(folder => folder.Writable).Select(folder => folder.Path).ToArray();
        foreach (var folder in shown[false].Concat(pinned).OrderBy(folder => folder.Path.Length))
        {
            var exposed = writable.Any(above => above != folder.Path && RealPath.IsWithin(folder.Path, above, StringComparison.Ordinal));
            if (inherited is null || !exposed)
                AddBinds(arguments, [folder]);
            else if (look(folder.Path).Exists)
                AddDescriptorBind(arguments, folder, inherited);
        }
        // The policy, the token and the spool are in there: hidden even from a root that holds them.
        foreach (var path in GetHiddenFolders(profile, place).Where(path => look(path).Exists))
            arguments.AddRange(["--tmpfs", path, "--remount-ro", path]);
        arguments.AddRange(["--remount-ro", "/", "--chdir", workingDirectory, "--"]);
        return arguments;
    }

    /// <summary>True when a path without links can be seen in the sandbox.</summary>
    public static bool IsVisible(SandboxProfile profile, SandboxPaths place, string path) =>
        path is "/" or "/tmp" || path == place.Home || SystemFolders.Concat(GetVisibleFolders(profile, place).Select(shown => shown.Path))
            .Any(shown => RealPath.IsWithin(path, shown, StringComparison.Ordinal));

    /// <summary>The owner's folders, the outer before the inner, so that the inner one's word counts.</summary>
    private static IEnumerable<(string Path, bool Writable)> GetVisibleFolders(SandboxProfile profile, SandboxPaths place) =>
        place.Read.Concat(profile.Read).Select(path => (Path: path, Writable: false))
            .Concat(place.Write.Concat(profile.Write).Select(path => (Path: path, Writable: true)))
            .OrderBy(shown => shown.Path.Length).ThenBy(shown => shown.Writable);

    /// <summary>What is closed and lies in a folder that is shown.</summary>
    public static IEnumerable<string> GetHiddenFolders(SandboxProfile profile, SandboxPaths place) =>
        place.Closed.Where(
            path => GetVisibleFolders(profile, place).Any(shown => RealPath.IsWithin(path, shown.Path, StringComparison.Ordinal)));

    /// <summary>
    /// The folders between one in which tasks may write and one in it that is shown or hidden by a mount of its own. Each is bound onto
    /// itself: what is a mount can't be renamed, so nobody puts another folder, or a link that leads elsewhere, above the inner one.
    /// </summary>
    internal static IEnumerable<string> GetPinnedFolders(SandboxProfile profile, SandboxPaths place)
    {
        // In the order in which they are mounted: the last one that contains a path is what is seen there. The sandbox's own /tmp and home
        // are no folders of this PC.
        var shown = GetVisibleFolders(profile, place).ToLookup(folder => folder.Path == "/");
        (string Path, bool Writable)[] mounts = [.. shown[true], ("/tmp", false), (place.Home, false), .. shown[false]];
        var inner = GetVisibleFolders(profile, place).Select(shown => shown.Path).Concat(GetHiddenFolders(profile, place));
        return inner.SelectMany(Above).Distinct().Where(path => MountOf(path) is { Writable: true } mount && mount.Path != path);

        static IEnumerable<string> Above(string path)
        {
            for (var above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
                yield return above;
        }

        (string Path, bool Writable) MountOf(string path) =>
            mounts.LastOrDefault(mount => RealPath.IsWithin(path, mount.Path, StringComparison.Ordinal));
    }

    private static void AddBinds(List<string> arguments, IEnumerable<(string Path, bool Writable)> folders)
    {
        foreach (var (path, writable) in folders)
            arguments.AddRange([writable ? "--bind-try" : "--ro-bind-try", path, path]);
    }

    /// <summary>bubblewrap compares what it mounted with the descriptor, and fails when they differ.</summary>
    private static void AddDescriptorBind(List<string> arguments, (string Path, bool Writable) folder, List<string> inherited)
    {
        var descriptor = (InheritedFolder.FirstDescriptor + inherited.Count).ToString(CultureInfo.InvariantCulture);
        inherited.Add(folder.Path);
        arguments.AddRange([folder.Writable ? "--bind-fd" : "--ro-bind-fd", descriptor, folder.Path]);
    }

    private static void AddSystem(List<string> arguments, PathInspector look)
    {
        foreach (var path in SystemFolders)
        {
            var (exists, target) = look(path);
            if (target is not null)
                arguments.AddRange(["--symlink", target, path]);
            else if (exists)
                arguments.AddRange(["--ro-bind", path, path]);
        }
        foreach (var name in Settings)
            arguments.AddRange(["--ro-bind-try", $"/etc/{name}", $"/etc/{name}"]);
    }

    private static void AddScratch(List<string> arguments, string path, long? size)
    {
        if (size is { } bytes) arguments.AddRange(["--size", bytes.ToString(CultureInfo.InvariantCulture)]);
        arguments.AddRange(["--tmpfs", path]);
    }
}
