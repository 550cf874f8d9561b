using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Roots;

/// <summary>
/// OpenClaw's own folders (policy, tokens, spool, audit), which no file task may touch. <see cref="FileRoots"/> refuses them by path first;
/// this recognises them by device and inode, so that no hard link, other mount or renamed folder leads into them.
/// </summary>
internal sealed class ClosedFolders
{
    private readonly IReadOnlyList<string> folders;
    // Identities from when the policy was read: a folder that was moved since then stays closed.
    private readonly Dictionary<string, FileIdentity> known;

    /// <param name="folders">Their paths, without links.</param>
    public ClosedFolders(IReadOnlyList<string> folders)
    {
        this.folders = [.. folders.Distinct()];
        known = FindExisting(this.folders).ToDictionary(found => found.Path, found => found.Status.Identity);
    }

    /// <summary>The folders as they are now, for one task.</summary>
    public Snapshot TakeSnapshot() => new(this);

    /// <summary>True when the folder existed before and is gone or another one now.</summary>
    public bool IsMoved(string folder) => known.TryGetValue(folder, out var identity) && GetStatus(folder).Identity != identity;

    private static IEnumerable<(string Path, FileStatus Status)> FindExisting(IReadOnlyList<string> folders)
    {
        foreach (var folder in folders)
        {
            if (!OperatingSystem.IsWindows() && GetStatus(folder) is { Type: not FileType.Missing } status)
                yield return (folder, status);
        }
    }

    private static FileStatus GetStatus(string folder)
    {
        try
        {
            using var held = FolderHandle.OpenForStatus(folder);
            return held.GetStatus(".");
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return default;
        }
    }

    /// <summary>What is closed at one moment. Not for several threads.</summary>
    internal sealed class Snapshot
    {
        private readonly IReadOnlyList<string> folders;
        private readonly HashSet<FileIdentity> tops;
        private readonly ulong[] mounts;
        private HashSet<FileIdentity>? within;

        public Snapshot(ClosedFolders closed)
        {
            FileStatus[] now = [.. FindExisting(closed.folders).Select(found => found.Status)];
            folders = closed.folders;
            tops = [.. closed.known.Values, .. now.Select(status => status.Identity)];
            mounts = [.. now.Select(status => status.Mount)];
        }

        /// <summary>
        /// True for one of the folders, and for what lies in one although its path does not say so: a second name (hard link), or a second
        /// mount. What is inside by its path has been refused by the path, or by a check of the folder above.
        /// </summary>
        public bool IsClosed(FileStatus status)
        {
            if (tops.Count == 0 || status.Type is not (FileType.Directory or FileType.Regular)) return false;
            if (status.Type == FileType.Directory && tops.Contains(status.Identity)) return true;
            var mayHideIt = status.Type == FileType.Regular && status.Links > 1;
            var elsewhere = status.Mount == 0 ? !OperatingSystem.IsMacOS() : !mounts.Contains(status.Mount);
            return (mayHideIt || elsewhere) && (within ??= ReadIdentities()).Contains(status.Identity);
        }

        // Read at most once a task, and only when it meets a hard link or another mount. The folders hold some hundred files.
        private HashSet<FileIdentity> ReadIdentities()
        {
            var all = new HashSet<FileIdentity>(tops);
            foreach (var folder in folders)
                AddIdentities(all, folder);
            return all;
        }

        private static void AddIdentities(HashSet<FileIdentity> all, string folder)
        {
            try
            {
                using var held = FolderHandle.Open(folder);
                AddIdentities(all, held);
            }
            catch (Exception error) when (FileSystemCalls.IsExpected(error))
            {
                // It does not exist, so nothing in it can be reached.
            }
        }

        private static void AddIdentities(HashSet<FileIdentity> all, FolderHandle folder)
        {
            foreach (var name in folder.ListNames())
            {
                try
                {
                    var status = folder.GetStatus(name);
                    if (status.Type is FileType.Directory or FileType.Regular) all.Add(status.Identity);
                    if (status.Type != FileType.Directory) continue;
                    using var below = folder.OpenBelow(name);
                    AddIdentities(all, below);
                }
                catch (Exception error) when (FileSystemCalls.IsExpected(error))
                {
                    // Removed meanwhile, as attempts' folders are when their attempt ends.
                }
            }
        }
    }
}
