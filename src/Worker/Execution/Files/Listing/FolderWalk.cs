using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Listing;

/// <summary>
/// Something in a folder: its path from there with slashes, what it is, and the folder that is held open while it is looked at.
/// </summary>
internal readonly record struct FolderEntry(string Path, FileStatus Status, FolderHandle Folder, string Name);

/// <summary>
/// Goes through a folder and what is below, in one order that every walk has: names by their code units, a folder before what is in it.
/// Links are listed and never followed, so the walk ends and stays inside.
/// </summary>
internal static class FolderWalk
{
    private const int Deepest = 128;

    /// <param name="top">Where it begins.</param>
    /// <param name="enter">Whether to look into a folder, by its path.</param>
    /// <param name="after">Begins behind this path; null: at the beginning.</param>
    /// <param name="unread">Called with what could not be looked at or into: it may not, it is closed, or it is too deep.</param>
    public static IEnumerable<FolderEntry> ListEntries(FolderHandle top, Func<string, bool> enter, string? after, Action<string> unread) =>
        ListEntries(top, "", enter, after?.Split('/'), 0, unread);

    private static IEnumerable<FolderEntry> ListEntries(
        FolderHandle folder, string prefix, Func<string, bool> enter, string[]? after, int depth, Action<string> unread)
    {
        if (ListNames(folder) is not { } names)
        {
            unread(prefix.TrimEnd('/'));
            yield break;
        }
        foreach (var name in names)
        {
            var order = after is null ? 1 : string.CompareOrdinal(name, after[depth]);
            if (order < 0) continue;
            var path = prefix + name;
            if (FindStatus(folder, name) is not { } status)
            {
                unread(path);
                continue;
            }
            // Gone since the names were read.
            if (status.Type == FileType.Missing) continue;
            if (order > 0) yield return new FolderEntry(path, status, folder, name);
            // The entry to go on behind, and folders on the way to it, have been listed already.
            var rest = order == 0 && depth + 1 < after!.Length ? after : null;
            if (status.Type != FileType.Directory || status.IsLink || !enter(path)) continue;
            using var below = depth + 1 < Deepest ? TryEnter(folder, name) : null;
            if (below is null)
            {
                unread(path);
                continue;
            }
            foreach (var entry in ListEntries(below, path + "/", enter, rest, depth + 1, unread))
                yield return entry;
        }
    }

    private static List<string>? ListNames(FolderHandle folder)
    {
        try
        {
            var names = folder.ListNames().ToList();
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return null;
        }
    }

    private static FileStatus? FindStatus(FolderHandle folder, string name)
    {
        try
        {
            return folder.GetStatus(name);
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return null;
        }
    }

    private static FolderHandle? TryEnter(FolderHandle folder, string name)
    {
        try
        {
            return folder.OpenBelow(name);
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return null;
        }
    }
}
