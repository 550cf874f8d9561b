namespace OpenClaw.Worker.Execution.Files.Roots;

/// <summary>
/// The folders of OpenClaw's own, which no file task may touch: policy, tokens, spool, audit. They are known by where they are and by
/// which they are, so neither a folder above, nor another name, nor another mount leads into them. Paths decide first; this looks at what
/// was opened.
/// </summary>
internal sealed class ClosedFolders
{
    private readonly IReadOnlyList<string> folders;
    // As they were when the policy was read: one that was moved away since is still closed.
    private readonly Dictionary<string, FileIdentity> known;

    /// <param name="folders">Their paths, without links.</param>
    public ClosedFolders(IReadOnlyList<string> folders)
    {
        this.folders = [.. folders.Distinct()];
        known = Found(this.folders).ToDictionary(found => found.Path, found => found.Status.Identity);
    }

    /// <summary>The folders as they are now. One for each task.</summary>
    public Snapshot TakeSnapshot() => new(this);

    /// <summary>True for one that was there and is another one now, or none.</summary>
    public bool IsMoved(string folder) => known.TryGetValue(folder, out var identity) && Status(folder).Identity != identity;

    private static IEnumerable<(string Path, FileStatus Status)> Found(IReadOnlyList<string> folders)
    {
        foreach (var folder in folders)
        {
            if (!OperatingSystem.IsWindows() && Status(folder) is { Type: not FileType.Missing } status)
                yield return (folder, status);
        }
    }

    private static FileStatus Status(string folder)
    {
        try
        {
            using var held = HeldFolder.OpenForStatus(folder);
            return held.Status(".");
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return default;
        }
    }

    /// <summary>What is closed in this moment. One thread.</summary>
    internal sealed class Snapshot
    {
        private readonly IReadOnlyList<string> folders;
        private readonly HashSet<FileIdentity> tops;
        private readonly ulong[] mounts;
        private HashSet<FileIdentity>? within;

        public Snapshot(ClosedFolders closed)
        {
            FileStatus[] now = [.. Found(closed.folders).Select(found => found.Status)];
            folders = closed.folders;
            tops = [.. closed.known.Values, .. now.Select(status => status.Identity)];
            mounts = [.. now.Select(status => status.Mount)];
        }

        /// <summary>
        /// True when this is one of the folders, or lies in one without saying so: by a second name (hard link) or through another mount.
        /// What lies in one by its path has been refused by its path, or by the folder above it.
        /// </summary>
        public bool Covers(FileStatus status)
        {
            if (tops.Count == 0 || status.Type is not (FileType.Directory or FileType.Regular)) return false;
            if (status.Type == FileType.Directory && tops.Contains(status.Identity)) return true;
            var mayHideIt = status.Type == FileType.Regular && status.Links > 1;
            var elsewhere = status.Mount == 0 ? !OperatingSystem.IsMacOS() : !mounts.Contains(status.Mount);
            return (mayHideIt || elsewhere) && (within ??= All()).Contains(status.Identity);
        }

        // Of a task that meets such a thing, once: the folders hold some hundred files.
        private HashSet<FileIdentity> All()
        {
            var all = new HashSet<FileIdentity>(tops);
            foreach (var folder in folders)
                Add(all, folder);
            return all;
        }

        private static void Add(HashSet<FileIdentity> all, string folder)
        {
            try
            {
                using var held = HeldFolder.Open(folder);
                Add(all, held);
            }
            catch (Exception error) when (FileFault.Covers(error))
            {
                // Not there: then nothing in it can be reached either.
            }
        }

        private static void Add(HashSet<FileIdentity> all, HeldFolder folder)
        {
            foreach (var name in folder.Names())
            {
                try
                {
                    var status = folder.Status(name);
                    if (status.Type is FileType.Directory or FileType.Regular) all.Add(status.Identity);
                    if (status.Type != FileType.Directory) continue;
                    using var below = folder.Below(name);
                    Add(all, below);
                }
                catch (Exception error) when (FileFault.Covers(error))
                {
                    // An attempt's folder goes when the attempt ends, also in this moment.
                }
            }
        }
    }
}
