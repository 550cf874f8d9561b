using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>A file's content as it was read, so that a later write can see whether somebody changed it meanwhile.</summary>
internal sealed record FileSnapshot(RootedPath Place, byte[] Content, string Sha256, FileTime Changed)
{
    /// <summary>Largest file that is edited; it is held in memory twice.</summary>
    public const int MaxSize = 64 * 1024 * 1024;

    /// <summary>When it had been changed last; nothing when no <see cref="DateTime"/> can hold that.</summary>
    public DateTime Mtime => Changed.Utc.GetValueOrDefault();

    public static (FileSnapshot? Snapshot, FileError? Error) FromFile(RootedPath place)
    {
        var (handle, openError) = RegularFile.Open(place);
        if (handle is null) return (null, openError);
        using (handle)
        {
            try
            {
                var changed = Posix.GetChangeTime(handle);
                var bytes = RegularFile.ReadBytes(handle, 0, MaxSize + 1L);
                return bytes.Length > MaxSize
                    ? (null, FileError.TooLarge($"{place.Full} is larger than {MaxSize} bytes, the most that can be edited"))
                    : (new FileSnapshot(place, bytes, RegularFile.ComputeSha256(bytes), changed), null);
            }
            catch (Exception error) when (FileSystemCalls.IsExpected(error))
            {
                return (null, FileError.FromException(place.Full, error));
            }
        }
    }

    /// <summary>Error when the file is another one than was read.</summary>
    public FileError? CheckUnchanged()
    {
        var (now, error) = FromFile(Place);
        if (now is null) return error;
        return now.Changed == Changed && now.Sha256 == Sha256 ? null : FileError.ChangedMeanwhile(Place.Full);
    }
}
