namespace OpenClaw.Worker.FileSystems;

/// <summary>
/// Where a path leads once every link in it is followed, also when its end does not exist yet. What this says may be old a moment later,
/// so it only decides; what is opened afterwards is opened without following any link.
/// </summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>The path without links; null when links lead in a circle.</summary>
    public static string? ResolveLinks(string full) => ResolveLinks(full, ReadLinkTarget);

    /// <summary>The same, and the links that were followed, each by its own path without links.</summary>
    public static (string? Real, IReadOnlyList<string> Links) ResolveWithLinks(string full)
    {
        var links = new List<string>();
        var real = ResolveLinks(full, path =>
        {
            var target = ReadLinkTarget(path);
            if (target is not null) links.Add(path);
            return target;
        });
        return (real, links);
    }

    /// <summary>The same over any file system: <paramref name="linkTarget"/> gives what a link says, or null for what is no link.</summary>
    public static string? ResolveLinks(string full, Func<string, string?> linkTarget)
    {
        var root = Path.GetPathRoot(full) is { Length: > 0 } given ? given : "/";
        var real = root;
        var ahead = new Stack<string>();
        PushParts(ahead, full[root.Length..]);
        var links = 0;
        while (ahead.TryPop(out var part))
        {
            if (part is "" or ".") continue;
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? root;
                continue;
            }
            var next = Path.Join(real, part);
            if (linkTarget(next) is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MostLinks) return null;
            if (Path.IsPathRooted(target)) real = root = Path.GetPathRoot(target)!;
            PushParts(ahead, target[(Path.IsPathRooted(target) ? root.Length : 0)..]);
        }
        return real;
    }

    /// <summary>
    /// True when <paramref name="path"/> is <paramref name="folder"/> or lies in it. Both without links and without dots.
    /// </summary>
    public static bool IsWithin(string path, string folder, StringComparison comparison) =>
        path.Equals(folder, comparison)
        || (path.StartsWith(folder, comparison)
            && (folder.EndsWith(Path.DirectorySeparatorChar) || path[folder.Length] == Path.DirectorySeparatorChar));

    private static string? ReadLinkTarget(string path) => OperatingSystem.IsWindows()
        ? new FileInfo(path).LinkTarget : FolderNames.ReadLinkTarget(FolderCalls.WorkingFolder, path);

    private static void PushParts(Stack<string> ahead, string path)
    {
        foreach (var part in path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Reverse())
            ahead.Push(part);
    }
}
