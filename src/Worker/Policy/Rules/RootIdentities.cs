using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Policy.Rules;

/// <summary>
/// Which folders the owner meant when the policy was read. A task that may write in the folder above a root can replace the root by another
/// folder, or by a link to anywhere, and the next task would get that as its root. Such roots are compared with what they were before every
/// use, and a changed one is not used.
/// </summary>
internal sealed class RootIdentities
{
    /// <summary>The rule that a rejection names.</summary>
    public const string Rule = FileRoots.ChangedRule;
    private readonly List<Root> roots;
    private readonly Func<string, FileStatus> readStatus;

    /// <param name="named">All roots and sandbox folders of the policy.</param>
    /// <param name="writable">Paths, without links, in which tasks may write.</param>
    /// <param name="remembered">A root's identity from when a daemon first read this policy; null: not known.</param>
    /// <param name="look">Status of a path; throws <see cref="UnexpectedLinkException"/> when a link is on the way.</param>
    public RootIdentities(
        IEnumerable<NamedFolder> named, IReadOnlyList<string> writable, Func<string, FileIdentity?> remembered,
        Func<string, FileStatus> look)
    {
        this.readStatus = look;
        roots = [.. named.Select(folder => CreateRoot(folder, writable, remembered))];
    }

    public static RootIdentities None { get; } = new([], [], _ => null, StatWithoutLinks);

    /// <summary>Identities of the roots that tasks could replace, by path.</summary>
    public IReadOnlyDictionary<string, FileIdentity> Exposed => roots.Where(root => root.Identity is not null)
        .DistinctBy(root => root.Path).ToDictionary(root => root.Path, root => root.Identity!.Value, StringComparer.Ordinal);

    /// <summary>The identity of one of these; null: tasks can't replace it, or it did not exist.</summary>
    public FileIdentity? FindIdentity(string path) => roots.FirstOrDefault(root => root.Path == path)?.Identity;

    /// <summary>A sentence for each root that is no longer what the owner named.</summary>
    public IReadOnlyList<string> Errors => [.. roots.Select(FindError).OfType<string>().Distinct()];

    /// <summary>The same for the innermost root that contains a path without links; null: it may be used.</summary>
    public string? FindErrorAt(string real) =>
        roots.Where(root => RealPath.IsWithin(real, root.Path, StringComparison.Ordinal)).MaxBy(root => root.Path.Length) is { } root
            ? FindError(root) : null;

    /// <summary>Status of a path without links; a link on the way is a <see cref="UnexpectedLinkException"/>.</summary>
    public static FileStatus StatWithoutLinks(string real)
    {
        if (OperatingSystem.IsWindows() || Path.GetDirectoryName(real) is not { } above) return default;
        try
        {
            using var folder = FolderHandle.OpenForStatus(above);
            var status = folder.GetStatus(Path.GetFileName(real));
            return status.IsLink ? throw new UnexpectedLinkException(real) : status;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return default;
        }
    }

    private Root CreateRoot(NamedFolder folder, IReadOnlyList<string> writable, Func<string, FileIdentity?> remembered)
    {
        var exposed = writable.Any(above => above != folder.Real && RealPath.IsWithin(folder.Real, above, StringComparison.Ordinal));
        // The link may be the owner's, or one that a task made before this daemon started: nothing tells them apart.
        var link = folder.Links.FirstOrDefault(link => writable.Any(above => RealPath.IsWithin(link, above, StringComparison.Ordinal)));
        return new Root(folder.Real, exposed ? remembered(folder.Real) ?? ReadIdentity(folder.Real) : null, link);
    }

    private FileIdentity? ReadIdentity(string real)
    {
        try
        {
            return readStatus(real) is { Type: not FileType.Missing } status ? status.Identity : null;
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            // The same error is found again before every use.
            return null;
        }
    }

    private string? FindError(Root root)
    {
        if (root.Link is { } link)
            return $"{root.Path} is reached through the link {link}, which lies where tasks may write: name the folder it leads to, "
                + "if that is meant";
        try
        {
            var now = readStatus(root.Path);
            return now.Type == FileType.Missing || root.Identity is not { } known || now.Identity.IsSameAs(known) ? null
                : $"{root.Path} was replaced after the policy was read, and tasks may write where it is: put the old one back,"
                    + "or change policy.json (a blank is enough) if the new one is meant";
        }
        catch (UnexpectedLinkException)
        {
            return $"{root.Path} has a link on its way now: put the folder back, or name in policy.json the one that is meant";
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return $"{root.Path} can't be looked at: {error.Message}";
        }
    }

    /// <param name="Path">Where it is, without links.</param>
    /// <param name="Identity">Its identity, when tasks could replace it.</param>
    /// <param name="Link">A link on the way to it that a task could have made.</param>
    private sealed record Root(string Path, FileIdentity? Identity, string? Link);
}
