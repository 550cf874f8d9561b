using System.Text;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Files.Writing;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Transfer;

/// <summary>What of an upload is there already: a file beside its target, named by both, on the same file system.</summary>
internal sealed class PartFile
{
    private const string Prefix = ".openclaw-upload-", Suffix = ".part";
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(7);
    private readonly RootedPath place;
    private readonly string name;

    public PartFile(RootedPath place, string upload)
    {
        this.place = place;
        name = $"{Prefix}{RegularFile.ComputeSha256(Encoding.UTF8.GetBytes(place.Name))[..12]}-{upload}{Suffix}";
    }

    /// <summary>The part file itself, as a path to open.</summary>
    public RootedPath Place => new(place.Folder, name, place.Full);

    public bool Exists => place.Folder.GetStatus(name).Type == FileType.Regular;

    /// <summary>Bytes from the beginning that are there.</summary>
    public long Length => place.Folder.GetStatus(name) is { Type: FileType.Regular } status ? status.Size : 0;

    /// <summary>Writes a piece that joins, durably; says how much is there.</summary>
    public long WritePiece(long offset, byte[] bytes, bool replaces, TimeProvider clock)
    {
        if (!Exists)
        {
            AbandonedFiles.RemoveAll(place.Folder, IsPart, clock.GetUtcNow().UtcDateTime - Abandoned);
            place.Folder.CreateNew(name, replaces ? AtomicFile.OwnersOnly : AtomicFile.Everyones).Dispose();
        }
        using var handle = place.Folder.OpenWrite(name);
        RandomAccess.Write(handle, bytes, offset);
        RandomAccess.FlushToDisk(handle);
        return RandomAccess.GetLength(handle);
    }

    /// <summary>SHA-256 of all of it; null when it was stopped.</summary>
    public string? ComputeSha256(CancellationToken stop)
    {
        using var handle = place.Folder.OpenRead(name);
        return FileDigest.ComputeSha256(handle, stop);
    }

    /// <summary>Puts it in the place of its target; an error leaves both as they were.</summary>
    public FileError? PutInPlace(Func<FileError?> stillRight, WriteOptions order)
    {
        using var handle = place.Folder.OpenWrite(name);
        return AtomicFile.PutInPlace(place, name, handle, stillRight, order);
    }

    public void Delete() => place.Folder.DeleteFile(name);

    private static bool IsPart(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);
}
