using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Execution.Files.Listing;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Archives;

/// <summary>Writes what is in a folder as tar, file by file, never a whole one in memory.</summary>
internal sealed class FolderTarWriter
{
    private const int Chunk = 128 * 1024;
    private readonly DigestStream archive;
    private readonly CancellationToken stop;
    private readonly OmissionList left = new(), changed = new();
    private int files, folders, links;

    private FolderTarWriter(DigestStream archive, CancellationToken stop) => (this.archive, this.stop) = (archive, stop);

    /// <summary>What is in the archive, its size and digest; null when it was stopped.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="archive">Where the archive goes.</param>
    /// <param name="itself">True for what is the archive, when that lies in the folder; null: it does not.</param>
    /// <param name="stop">Stops it.</param>
    public static JsonObject? WriteArchive(FolderHandle folder, Stream archive, Func<FolderEntry, bool>? itself, CancellationToken stop)
    {
        using var digest = new DigestStream(archive);
        return new FolderTarWriter(digest, stop).WriteArchive(folder, itself);
    }

    private JsonObject? WriteArchive(FolderHandle folder, Func<FolderEntry, bool>? itself)
    {
        foreach (var entry in FolderWalk.ListEntries(folder, _ => true, null, left.Add))
        {
            if (itself?.Invoke(entry) is not true) AddEntry(entry);
            if (stop.IsCancellationRequested) return null;
        }
        archive.Write(new byte[2 * TarHeader.Block]);
        var facts = new JsonObject { ["files"] = files, ["folders"] = folders, ["links"] = links };
        left.AddTo(facts, "leftOut");
        if (changed.Count > 0) changed.AddTo(facts, "changed");
        (facts["size"], facts["sha256"]) = (archive.Written, archive.FinishDigest());
        return facts;
    }

    private void AddEntry(FolderEntry entry)
    {
        if (entry.Status.IsLink)
            AddLink(entry);
        else if (entry.Status.Type == FileType.Directory)
            AddFolder(entry);
        else if (entry.Status.Type == FileType.Regular)
            AddFile(entry);
        else
            left.Add(entry.Path);
    }

    private void AddFolder(FolderEntry entry)
    {
        WriteHeader(TarHeader.Folder, entry.Path + "/", entry.Status, 0);
        folders++;
    }

    private void AddLink(FolderEntry entry)
    {
        if (entry.Folder.ReadLinkTarget(entry.Name) is not { } target)
        {
            left.Add(entry.Path);
            return;
        }
        WriteHeader(TarHeader.Link, entry.Path, entry.Status, 0, target);
        links++;
    }

    private void AddFile(FolderEntry entry)
    {
        var (handle, _) = RegularFile.Open(new RootedPath(entry.Folder, entry.Name, entry.Path));
        if (handle is null)
        {
            left.Add(entry.Path);
            return;
        }
        using (handle)
        {
            var length = RandomAccess.GetLength(handle);
            WriteHeader(TarHeader.File, entry.Path, entry.Status, length);
            var changedAt = Posix.GetChangeTime(handle);
            var whole = CopyContent(handle, length);
            if (!whole || RandomAccess.GetLength(handle) != length || Posix.GetChangeTime(handle) != changedAt) changed.Add(entry.Path);
            archive.Write(TarHeader.CreatePadding(length));
            files++;
        }
    }

    /// <summary>
    /// As many bytes as the head of the entry says; false when the file has become shorter, and then zeros stand for the rest, without
    /// which nothing behind it could be read.
    /// </summary>
    private bool CopyContent(SafeFileHandle handle, long length)
    {
        var buffer = new byte[Chunk];
        var whole = true;
        for (long at = 0; at < length && !stop.IsCancellationRequested;)
        {
            var want = (int)Math.Min(Chunk, length - at);
            var got = whole ? RandomAccess.Read(handle, buffer.AsSpan(0, want), at) : 0;
            if (got == 0)
            {
                whole = false;
                Array.Clear(buffer);
                got = want;
            }
            archive.Write(buffer.AsSpan(0, got));
            at += got;
        }
        return whole;
    }

    private void WriteHeader(byte type, string path, FileStatus status, long size, string target = "") =>
        archive.Write(TarHeader.Encode(type, path, OperatingSystem.IsWindows() ? WithDefaultMode(status) : status, size, target));

    // Windows has no modes; without any nobody could read what is unpacked elsewhere.
    private static FileStatus WithDefaultMode(FileStatus status) => status with
    {
        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (status.Type == FileType.Directory ? UnixFileMode.UserExecute : 0),
    };
}
