using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Files.Listing;
using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Execution.Files.Archives;

/// <summary>Writes what is in a folder as tar, file by file, never a whole one in memory.</summary>
internal static class TarFolder
{
    /// <summary>
    /// What is in the archive, its size and digest; null when it was stopped. <paramref name="itself"/>: the archive, when it lies in the
    /// folder.
    /// </summary>
    public static JsonObject? Write(HeldFolder folder, Stream archive, string? itself, CancellationToken stop)
    {
        var (files, folders, links, left) = (0, 0, 0, new List<string>());
        using var digest = new DigestStream(archive);
        using (var writer = new TarWriter(digest, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in FolderWalk.Of(folder, _ => true, null, left.Add))
            {
                if (stop.IsCancellationRequested) return null;
                if (AtomicFile.IsUnfinished(entry.Name) || Path.Join(folder.FullPath, entry.Path) == itself) continue;
                if (entry.Status.IsLink) links += WriteLink(writer, entry, left);
                else if (entry.Status.Type == FileType.Directory) folders += WriteFolder(writer, entry);
                else if (entry.Status.Type == FileType.Regular) files += WriteFile(writer, entry, left, stop);
                else left.Add(entry.Path);
            }
        }
        return new JsonObject
        {
            ["files"] = files,
            ["folders"] = folders,
            ["links"] = links,
            ["leftOut"] = new JsonArray([.. left.Take(20).Select(path => (JsonNode)path)]),
            ["size"] = digest.Written,
            ["sha256"] = digest.Finish(),
        };
    }

    private static int WriteFolder(TarWriter writer, FolderEntry entry)
    {
        writer.WriteEntry(Of(TarEntryType.Directory, entry.Path + "/", entry.Status));
        return 1;
    }

    private static int WriteLink(TarWriter writer, FolderEntry entry, List<string> left)
    {
        if (entry.Folder.LinkTarget(entry.Name) is not { } target)
        {
            left.Add(entry.Path);
            return 0;
        }
        var link = Of(TarEntryType.SymbolicLink, entry.Path, entry.Status);
        link.LinkName = target;
        writer.WriteEntry(link);
        return 1;
    }

    private static int WriteFile(TarWriter writer, FolderEntry entry, List<string> left, CancellationToken stop)
    {
        var (handle, _) = RegularFile.Open(new RootedPath(entry.Folder, entry.Name, entry.Path));
        if (handle is null)
        {
            left.Add(entry.Path);
            return 0;
        }
        using var content = new FileStream(handle, FileAccess.Read, 0);
        // A file that grows while it is read: as much as the head of its entry says.
        using var steady = new SteadyStream(content, content.Length, stop);
        var file = Of(TarEntryType.RegularFile, entry.Path, entry.Status);
        file.DataStream = steady;
        writer.WriteEntry(file);
        return 1;
    }

    private static PaxTarEntry Of(TarEntryType type, string name, FileStatus status) => new(type, name)
    {
        Mode = OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : status.Mode,
        ModificationTime = status.Changed.Utc ?? DateTime.UnixEpoch,
        Uid = (int)status.Uid,
        Gid = (int)status.Gid,
    };

    /// <summary>Exactly so many bytes of a file: cut when it has grown, filled with zeros when it has shrunk.</summary>
    private sealed class SteadyStream(Stream inner, long length, CancellationToken stop) : Stream
    {
        private long at;

        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => at; set => at = value; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var want = stop.IsCancellationRequested ? 0 : (int)Math.Min(buffer.Length, length - at);
            var got = want == 0 ? 0 : inner.Read(buffer[..want]);
            if (got == 0 && at < length)
            {
                got = (int)Math.Min(buffer.Length, length - at);
                buffer[..got].Clear();
            }
            at += got;
            return got;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class DigestStream(Stream inner) : Stream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Written { get; private set; }
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public string Finish() => Convert.ToHexStringLower(hash.GetHashAndReset());

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            Written += buffer.Length;
            inner.Write(buffer);
        }

        public override void Flush() => inner.Flush();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
