using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Roots;

/// <summary>What a file task wants to do.</summary>
internal enum RootAccess
{
    Read = 0,
    Write = 1,
}

/// <summary>A name in a folder that is held open: all a file task needs, and nothing else can be reached through it.</summary>
internal sealed record RootedPath(FolderHandle Folder, string Name, string Full) : IDisposable
{
    public void Dispose() => Folder.Dispose();
}

/// <summary>
/// Where file tasks may read and write on this PC. A path is judged by where it really leads; what is opened then is opened folder by
/// folder without following a link, so a link swapped in after the judgement is refused and not followed.
/// </summary>
internal sealed class FileRoots
{
    /// <summary>The rule a rejection names when a path is outside of the roots for reading.</summary>
    public const string ReadRule = "roots.read";
    /// <summary>The same for writing.</summary>
    public const string WriteRule = "roots.write";
    /// <summary>The worker's own folder is nobody's: in it are its policy, its token and its spool.</summary>
    public const string OwnRule = "worker-home";
    /// <summary>A root is not the folder any more that the owner named.</summary>
    public const string ChangedRule = "roots-changed";
    internal const string OwnSentence = "is in a folder of OpenClaw's own, which no task may touch";
    internal const string KernelSentence = "is the kernel's and no file; it is closed unless roots.read names it";
    private readonly IReadOnlyList<string>? read;
    private readonly IReadOnlyList<string>? write;
    private readonly IReadOnlyList<string> closed;
    private readonly ClosedFolders own;
    private readonly Func<string, string?>? changed;

    /// <param name="read">Folders to read in; null: everywhere. What may be written may be read as well.</param>
    /// <param name="write">Folders to write in; null: everywhere.</param>
    /// <param name="closed">Folders that are closed for all tasks.</param>
    /// <param name="changed">Why what a path lies in is not the root that was meant any more; null: it is. Null: nobody asks.</param>
    public FileRoots(
        IReadOnlyList<string>? read, IReadOnlyList<string>? write, IReadOnlyList<string> closed, Func<string, string?>? changed = null)
    {
        this.changed = changed;
        this.read = read is null || write is null ? null : [.. ResolveAll(read), .. ResolveAll(write)];
        this.write = write is null ? null : ResolveAll(write);
        this.closed = ResolveAll(closed);
        own = new ClosedFolders(this.closed);
    }

    public static FileRoots Anywhere { get; } = new(null, null, []);

    /// <summary>Folders that are closed for all tasks, without links.</summary>
    public IReadOnlyList<string> Closed => closed;

    /// <summary>The first of some closed folders that is not where it was; null: all are.</summary>
    public string? FindMoved(IEnumerable<string> paths) => paths.FirstOrDefault(own.IsMoved);

    /// <summary>
    /// Opens the folder of an absolute path (see <see cref="FilePaths"/>) and names what is in it; links on the way have been followed.
    /// Nothing need stand there yet. A rejection by the owner's rules has <see cref="FileError.IsRejection"/>.
    /// </summary>
    public (RootedPath? Place, FileError? Error) OpenPath(string full, RootAccess access, bool makeFolders = false)
    {
        try
        {
            if (RealPath.ResolveLinks(full) is not { } real)
                return (null, new FileError("io-error", $"{full}: its links lead in a circle"));
            if (JudgePath(full, real, access) is { } rejection) return (null, rejection);
            return changed?.Invoke(real) is { } sentence
                ? (null, FileError.RejectedByRule(ChangedRule, sentence)) : (OpenInRoot(real, access, makeFolders), null);
        }
        catch (UnexpectedLinkException)
        {
            return (null, RejectSwapped(full, access));
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return (null, FileError.FromException(full, error));
        }
    }

    /// <summary>What the rules say of a path without links, named as the task named it; null: it may be used. Pure.</summary>
    public FileError? JudgePath(string named, string real, RootAccess access)
    {
        var comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (closed.Any(folder => RealPath.IsWithin(real, folder, comparison)))
            return FileError.RejectedByRule(OwnRule, $"{named} {OwnSentence}");
        if (KernelFolders.Contains(real) && access == RootAccess.Write)
            return FileError.NotRegular(named, FileType.Device);
        if (KernelFolders.IsAboutThisProcess(real))
            return FileError.RejectedByRule(OwnRule, $"{named} is about the worker itself, which is closed for all tasks");
        if (KernelFolders.Contains(real) && read?.Any(root => KernelFolders.Contains(root) && IsWithin(real, root)) is not true)
            return FileError.RejectedByRule(ReadRule, $"{named} {KernelSentence}");
        var roots = access == RootAccess.Read ? read : write;
        if (roots is null || roots.Any(root => IsWithin(real, root))) return null;
        var (rule, verb) = access == RootAccess.Read ? (ReadRule, "read") : (WriteRule, "written");
        var leads = named == real ? "" : $" (it leads to {real})";
        return FileError.RejectedByRule(rule, $"{named}{leads} is outside of the folders that may be {verb} on this PC");
    }

    /// <summary>The rejection of a path whose links were changed while it was opened.</summary>
    public FileError RejectSwapped(string named, RootAccess access) => FileError.RejectedByRule(
        access == RootAccess.Read ? ReadRule : WriteRule, $"{named}: a link was put there while it was being opened");

    private RootedPath OpenInRoot(string real, RootAccess access, bool makeFolders)
    {
        var root = FindRoot(real, access);
        var name = Path.GetFileName(real);
        var folder = name.Length == 0 || real == root ? real : Path.GetDirectoryName(real)!;
        using var top = FolderHandle.Open(root);
        if (!OperatingSystem.IsWindows())
            top.Guard = new FolderGuard(own.TakeSnapshot(), kernel: access == RootAccess.Read && read is not null && top.IsKernelFolder);
        var relative = folder[root.Length..].Trim(Path.DirectorySeparatorChar);
        var held = makeFolders ? OpenOrMake(top, relative) : top.OpenBelow(relative);
        var place = new RootedPath(held, folder == real ? "." : name, real);
        try
        {
            held.Guard?.CheckWay(held, place.Name);
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    private static FolderHandle OpenOrMake(FolderHandle top, string relative)
    {
        try
        {
            return top.OpenBelow(relative);
        }
        catch (FileNotFoundException)
        {
            // Made one by one below.
        }
        var here = top.OpenBelow("");
        foreach (var part in relative.Split(Path.DirectorySeparatorChar))
        {
            using var above = here;
            above.MakeFolder(part);
            here = above.OpenBelow(part);
        }
        return here;
    }

    // The longest root that holds it; without rules the root of the file system.
    private string FindRoot(string real, RootAccess access)
    {
        var roots = access == RootAccess.Read ? read : write;
        return roots?.Where(root => IsWithin(real, root)).MaxBy(root => root.Length) ?? Path.GetPathRoot(real)!;
    }

    private static bool IsWithin(string path, string folder) =>
        RealPath.IsWithin(path, folder, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private static string[] ResolveAll(IReadOnlyList<string> folders) =>
        [.. folders.Select(folder => RealPath.ResolveLinks(Path.TrimEndingDirectorySeparator(folder)) ?? folder)];
}
