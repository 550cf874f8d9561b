using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Policy.Rules;

/// <summary>
/// Which folders the owner meant when the policy was read. A task that may write in the folder above one of them can put another in its
/// place, or a link that leads anywhere, and the next task would get that for a root. So these are compared before every use with what they
/// were; what has become another one is used for nothing.
/// </summary>
internal sealed class RootIdentities
{
    /// <summary>The rule a refusal names.</summary>
    public const string Rule = FileRoots.ChangedRule;
    private readonly List<Root> roots;
    private readonly Func<string, FileStatus> look;

    /// <param name="named">All folders and files of the policy that tasks get.</param>
    /// <param name="writable">Those in which tasks may write, without links.</param>
    /// <param name="remembered">Which folder it was when a daemon first read this policy; null: it never did.</param>
    /// <param name="look">What stands at a path; throws <see cref="LinkRefusedException"/> when there is a link on the way.</param>
    public RootIdentities(
        IEnumerable<NamedFolder> named, IReadOnlyList<string> writable, Func<string, FileIdentity?> remembered,
        Func<string, FileStatus> look)
    {
        this.look = look;
        roots = [.. named.Select(folder => Describe(folder, writable, remembered))];
    }

    /// <summary>None: nothing is named, or what is needs no watch.</summary>
    public static RootIdentities None { get; } = new([], [], _ => null, StatWithoutLinks);

    /// <summary>Those that tasks could put something else in the place of, as they were; for a daemon that is started later.</summary>
    public IReadOnlyDictionary<string, FileIdentity> Exposed => roots.Where(root => root.Identity is not null)
        .DistinctBy(root => root.Path).ToDictionary(root => root.Path, root => root.Identity!.Value, StringComparer.Ordinal);

    /// <summary>Which one a path was, when it is one of those; null: it is none.</summary>
    public FileIdentity? IdentityOf(string path) => roots.FirstOrDefault(root => root.Path == path)?.Identity;

    /// <summary>A sentence for each that is not what the owner named.</summary>
    public IReadOnlyList<string> Faults => [.. roots.Select(FindFault).OfType<string>().Distinct()];

    /// <summary>The same for the innermost that holds a path without links; null: it may be used.</summary>
    public string? FindFaultAt(string real) =>
        roots.Where(root => RealPath.IsWithin(real, root.Path, StringComparison.Ordinal)).MaxBy(root => root.Path.Length) is { } root
            ? FindFault(root) : null;

    /// <summary>What stands at a path that has no links in it.</summary>
    public static FileStatus StatWithoutLinks(string real)
    {
        if (OperatingSystem.IsWindows() || Path.GetDirectoryName(real) is not { } above)
            return default;
        try
        {
            using var folder = HeldFolder.OpenForStatus(above);
            var status = folder.Status(Path.GetFileName(real));
            return status.IsLink ? throw new LinkRefusedException(real) : status;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return default;
        }
    }

    private Root Describe(NamedFolder folder, IReadOnlyList<string> writable, Func<string, FileIdentity?> remembered)
    {
        var exposed = writable.Any(above => above != folder.Real && RealPath.IsWithin(folder.Real, above, StringComparison.Ordinal));
        // Whose link it is can't be told: the owner's, or one that a task has put there before this daemon was started.
        var link = folder.Links.FirstOrDefault(link => writable.Any(above => RealPath.IsWithin(link, above, StringComparison.Ordinal)));
        return new Root(folder.Real, exposed ? remembered(folder.Real) ?? ReadIdentity(folder.Real) : null, link);
    }

    private FileIdentity? ReadIdentity(string real)
    {
        try
        {
            return look(real) is { Type: not FileType.Missing } status ? status.Identity : null;
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            // Then it is so as well when it is used, and refused there.
            return null;
        }
    }

    private string? FindFault(Root root)
    {
        if (root.Link is { } link)
            return $"{root.Path} is reached through the link {link}, which lies where tasks may write: name the folder it leads to, "
                + "if that is meant";
        try
        {
            var now = look(root.Path);
            return now.Type == FileType.Missing || root.Identity is not { } known || now.Identity.IsSameAs(known) ? null
                : $"{root.Path} is another one than when the policy was read, and it lies where tasks may write: put the old one back, "
                    + "or change policy.json (a blank is enough) if the new one is meant";
        }
        catch (LinkRefusedException)
        {
            return $"{root.Path} has a link on its way now: put the folder back, or name in policy.json the one that is meant";
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return $"{root.Path} can't be looked at: {error.Message}";
        }
    }

    /// <param name="Path">Where it is, without links.</param>
    /// <param name="Identity">Which one it was, when tasks could change that.</param>
    /// <param name="Link">A link that is not to be trusted, on the way to it.</param>
    private sealed record Root(string Path, FileIdentity? Identity, string? Link);
}
