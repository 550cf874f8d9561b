using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Transfer;

/// <summary>What a file must be before it is replaced.</summary>
internal static class FilePrecondition
{
    /// <summary>An error when the file is another one than was meant; asked just before the rename.</summary>
    public static FileError? Check(RootedPath place, string? sha256, bool ifAbsent, CancellationToken stop)
    {
        if (ifAbsent)
            return place.Folder.GetStatus(place.Name).Type == FileType.Missing ? null : FileError.AlreadyExists(place.Full);
        if (sha256 is null) return null;
        var (handle, error) = RegularFile.Open(place);
        if (handle is null) return error;
        using (handle)
        {
            return FileDigest.ComputeSha256(handle, stop) is not { } digest ? FileError.TaskStopped(place.Full)
                : digest.Equals(sha256, StringComparison.OrdinalIgnoreCase) ? null
                : new("file-changed", $"{place.Full} is not the file that was meant: its sha256 is {digest}");
        }
    }
}
