using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Transfer;

/// <summary>file-download: the bytes of a piece are stdout as they are; the metadata says which they are and of which file.</summary>
internal sealed class FileDownloadExecutor()
    : FileExecutor<FileDownloadPayload>(Kinds.FileDownload, ProtocolJson.Default.FileDownloadPayload)
{
    private const long DefaultLength = 4 * 1024 * 1024;

    protected override string GetPath(FileDownloadPayload payload) => payload.Path;

    protected override FileOutcome ExecuteAt(RootedPath place, FileDownloadPayload payload, AttemptContext context)
    {
        var (handle, openError) = RegularFile.Open(place);
        if (handle is null) return openError!;
        using (handle)
        {
            try
            {
                var before = GetStatus(place, handle);
                if (payload.Version is { } wanted && wanted != before.Version) return CreateChangedError(place);
                var bytes =
                    RegularFile.ReadBytes(handle, payload.Offset ?? 0, Math.Min(payload.Length ?? DefaultLength, Limits.DownloadPiece));
                return GetStatus(place, handle).Version == before.Version
                    ? new FileOutcome(bytes, CreateFacts(payload.Offset ?? 0, bytes, before), null)
                    : CreateChangedError(place);
            }
            catch (Exception error) when (FileSystemCalls.IsExpected(error))
            {
                return FileError.FromException(place.Full, error);
            }
        }
    }

    private static FileStatus GetStatus(RootedPath place, Microsoft.Win32.SafeHandles.SafeFileHandle handle) =>
        OperatingSystem.IsWindows() ? place.Folder.GetStatus(place.Name) : Posix.GetStatus(handle);

    private static FileError CreateChangedError(RootedPath place) =>
        new("file-changed", $"{place.Full} is not the file it was when the download began; begin again");

    private static JsonObject CreateFacts(long offset, byte[] bytes, FileStatus status) => new()
    {
        ["offset"] = offset,
        ["length"] = bytes.Length,
        ["sha256"] = RegularFile.ComputeSha256(bytes),
        ["size"] = status.Size,
        ["version"] = status.Version,
    };
}
