using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Files.Writing;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Transfer;

/// <summary>
/// file-upload: pieces go into a file beside the target, each on disk before it is answered for; the last one has the whole checked and
/// puts it in its place. Every piece may be repeated, also the last. The answer says how much is there (<c>received</c>): from there a
/// client goes on, whatever was restarted in between.
/// </summary>
internal sealed class FileUploadExecutor() : FileExecutor<FileUploadPayload>(Kinds.FileUpload, ProtocolJson.Default.FileUploadPayload)
{
    protected override string GetPath(FileUploadPayload payload) => payload.Path;

    protected override RootAccess Access => RootAccess.Write;

    protected override bool MakesFolders => true;

    protected override FileOutcome ExecuteAt(RootedPath place, FileUploadPayload payload, AttemptContext context)
    {
        var (bytes, decodeError) = FileText.Decode(payload.Content, "base64");
        if (bytes is null) return decodeError!;
        if (!IsSameDigest(RegularFile.ComputeSha256(bytes), payload.PieceSha256))
            return new FileError("piece-damaged", "the sha256 of the piece is another one: send it again");
        try
        {
            return AcceptPiece(place, payload, bytes, context);
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return FileError.FromException(place.Full, error);
        }
    }

    private static FileOutcome AcceptPiece(RootedPath place, FileUploadPayload payload, byte[] bytes, AttemptContext context)
    {
        var target = place.Folder.GetStatus(place.Name);
        if (AtomicFile.CheckWritable(place, target) is { } error) return error;
        var part = new PartFile(place, payload.Upload);
        // The part file has a lock of its own: pieces of one upload wait for each other, other writers of the target for no piece.
        using var partLock = FileWriteLocks.Acquire(part.Place, context.Stop.Token);
        var length = payload.Offset + bytes.Length;
        if (payload.FileSha256 is { } finished && !part.Exists && IsAlreadyUploaded(place, target, length, finished, context.Stop.Token))
            return CreateOutcome(place, length, finished);
        if (CheckStopped(place.Full, context) is { } stopped) return stopped;
        if (part.Length is var received && payload.Offset > received)
            return new FileError("upload-gap",
                $"of this upload {received} bytes are there, the piece begins at {payload.Offset}; go on from {received}");
        if (bytes.Length > 0)
            received = part.WritePiece(payload.Offset, bytes, target.Type == FileType.Regular, context.Clock);
        if (payload.FileSha256 is null)
            return FileOutcome.FromText($"{received} bytes are there\n", new JsonObject { ["received"] = received });
        return FinishUpload(part, place, payload, length, target, context);
    }

    private static FileOutcome FinishUpload(
        PartFile part, RootedPath place, FileUploadPayload payload, long length, FileStatus target, AttemptContext context)
    {
        if (part.Length == 0) part.WritePiece(0, [], target.Type == FileType.Regular, context.Clock);
        if (part.Length != length)
            return new FileError("upload-gap", $"of this upload {part.Length} bytes are there, and the last piece ends at {length}");
        if (part.ComputeSha256(context.Stop.Token) is not { } digest) return FileError.TaskStopped(place.Full);
        if (!IsSameDigest(digest, payload.FileSha256!))
        {
            part.Delete();
            return new FileError("file-damaged", $"the sha256 of the whole is {digest}; what was sent has been removed, begin again");
        }
        var order = new WriteOptions { Stop = context.Stop.Token, IfAbsent = payload.IfAbsent is true };
        var error = part.PutInPlace(
            () => FilePrecondition.Check(place, payload.Sha256, order.IfAbsent, context.Stop.Token) ?? CheckStopped(place.Full, context),
            order);
        return error is not null ? error : CreateOutcome(place, length, digest, order);
    }

    /// <summary>The last piece again, whose answer was lost.</summary>
    private static bool IsAlreadyUploaded(RootedPath place, FileStatus target, long length, string sha256, CancellationToken stop)
    {
        if (target.Type != FileType.Regular || target.Size != length) return false;
        var (handle, _) = RegularFile.Open(place);
        using (handle) return handle is not null && FileDigest.ComputeSha256(handle, stop) is { } digest && IsSameDigest(digest, sha256);
    }

    private static FileOutcome CreateOutcome(RootedPath place, long length, string sha256, WriteOptions? order = null)
    {
        var facts = new JsonObject
        {
            ["received"] = length, ["size"] = length, ["sha256"] = sha256.ToLowerInvariant(), ["complete"] = true,
        };
        order?.AddTo(facts);
        return FileOutcome.FromText($"Wrote {length} bytes to {place.Full}\n", facts);
    }

    private static bool IsSameDigest(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
