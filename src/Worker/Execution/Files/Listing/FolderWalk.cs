using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Execution.Files.Listing;

/// <summary>Something in a folder: its path from there with slashes, what it is, and the folder that is held open while it is looked at.</summary>
internal readonly record struct FolderEntry(string Path, FileStatus Status, HeldFolder Folder, string Name);

/// <summary>
/// Goes through a folder and what is below, in one order that every walk has: names by their code units, a folder before what is in it.
/// Links are told and never followed, so the walk ends and stays inside.
/// </summary>
internal static class FolderWalk
{
    private const int Deepest = 128;

    /// <param name="top">Where it begins.</param>
    /// <param name="enter">Whether to look into a folder, by its path.</param>
    /// <param name="after">Begins behind this path; null: at the beginning.</param>
    /// <param name="unread">Told of what could not be looked at or into: it may not, it is closed, or it is too deep.</param>
    public static IEnumerable<FolderEntry> Of(HeldFolder top, Func<string, bool> enter, string? after, Action<string> unread) =>
        Of(top, "", enter, after?.Split('/'), 0, unread);

    private static IEnumerable<FolderEntry> Of(
        HeldFolder folder, string prefix, Func<string, bool> enter, string[]? after, int depth, Action<string> unread)
    {
        if (Names(folder) is not { } names)
        {
            unread(prefix.TrimEnd('/'));
            yield break;
        }
        foreach (var name in names)
        {
            var order = after is null ? 1 : string.CompareOrdinal(name, after[depth]);
            if (order < 0)
                continue;
            var path = prefix + name;
            if (Status(folder, name) is not { } status)
            {
                unread(path);
                continue;
            }
            // Gone since the names were read.
            if (status.Type == FileType.Missing)
                continue;
            if (order > 0)
                yield return new FolderEntry(path, status, folder, name);
            // The entry to go on behind, and folders on the way to it, have been told already.
            var rest = order == 0 && depth + 1 < after!.Length ? after : null;
            if (status.Type != FileType.Directory || status.IsLink || !enter(path))
                continue;
            using var below = depth + 1 < Deepest ? TryEnter(folder, name) : null;
            if (below is null)
            {
                unread(path);
                continue;
            }
            foreach (var entry in Of(below, path + "/", enter, rest, depth + 1, unread))
                yield return entry;
        }
    }

    private static List<string>? Names(HeldFolder folder)
    {
        try
        {
            var names = folder.Names().ToList();
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return null;
        }
    }

    private static FileStatus? Status(HeldFolder folder, string name)
    {
        try
        {
            return folder.Status(name);
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return null;
        }
    }

    private static HeldFolder? TryEnter(HeldFolder folder, string name)
    {
        try
        {
            return folder.Below(name);
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return null;
        }
    }
}
