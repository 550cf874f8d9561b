using System.Text;
using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Execution.Files.Transfer;

/// <summary>What of an upload is there already: a file beside its target, named by both, on the same file system.</summary>
internal sealed class PartFile
{
    private const string Prefix = ".openclaw-upload-", Suffix = ".part";
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everyones = OwnersOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(7);
    private readonly RootedPath place;
    private readonly string name;

    public PartFile(RootedPath place, string upload)
    {
        this.place = place;
        name = $"{Prefix}{RegularFile.Sha256(Encoding.UTF8.GetBytes(place.Name))[..12]}-{upload}{Suffix}";
    }

    public bool Exists => place.Folder.Status(name).Type == FileType.Regular;

    /// <summary>Bytes from the beginning that are there.</summary>
    public long Length => place.Folder.Status(name) is { Type: FileType.Regular } status ? status.Size : 0;

    /// <summary>Writes a piece that joins, durably; says how much is there.</summary>
    public long Write(long offset, byte[] bytes, FileStatus target, TimeProvider clock)
    {
        if (!Exists)
        {
            RemoveAbandoned(clock);
            // A replacement is nobody else's to read until it has the old one's mode.
            place.Folder.CreateNew(name, target.Type == FileType.Regular ? OwnersOnly : Everyones).Dispose();
        }
        using var handle = place.Folder.OpenWrite(name);
        RandomAccess.Write(handle, bytes, offset);
        if (target.Type == FileType.Regular && !OperatingSystem.IsWindows())
        {
            Posix.TrySetOwner(handle, target);
            File.SetUnixFileMode(handle, target.Mode | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        RandomAccess.FlushToDisk(handle);
        return RandomAccess.GetLength(handle);
    }

    /// <summary>SHA-256 of all of it; null when it was stopped.</summary>
    public string? Digest(CancellationToken stop)
    {
        using var handle = place.Folder.OpenRead(name);
        return FileDigest.Of(handle, stop);
    }

    public void PutInPlace()
    {
        place.Folder.Rename(name, place.Name);
        place.Folder.Sync();
    }

    public void Delete() => place.Folder.Delete(name);

    private void RemoveAbandoned(TimeProvider clock)
    {
        var limit = clock.GetUtcNow().UtcDateTime - Abandoned;
        foreach (var old in place.Folder.Names())
        {
            if (old.StartsWith(Prefix, StringComparison.Ordinal) && old.EndsWith(Suffix, StringComparison.Ordinal)
                && place.Folder.Status(old) is { Type: FileType.Regular } status && status.Changed.IsBefore(limit))
                place.Folder.Delete(old);
        }
    }
}
