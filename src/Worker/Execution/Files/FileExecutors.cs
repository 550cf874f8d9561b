using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Files.Transfer;
using OpenClaw.Worker.Execution.Files.Writing;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>file-read: the content is stdout.</summary>
internal sealed class FileReadExecutor() : FileExecutor<FileReadPayload>(Kinds.FileRead, ProtocolJson.Default.FileReadPayload)
{
    protected override string GetPath(FileReadPayload payload) => payload.Path;

    protected override FileOutcome ExecuteAt(RootedPath place, FileReadPayload payload, AttemptContext context) =>
        FileReading.ReadFile(place, payload);
}

/// <summary>file-write: exactly the bytes given.</summary>
internal sealed class FileWriteExecutor() : FileExecutor<FileWritePayload>(Kinds.FileWrite, ProtocolJson.Default.FileWritePayload)
{
    protected override string GetPath(FileWritePayload payload) => payload.Path;

    protected override RootAccess Access => RootAccess.Write;

    protected override bool MakesFolders => true;

    protected override FileOutcome ExecuteAt(RootedPath place, FileWritePayload payload, AttemptContext context)
    {
        var (bytes, decodeError) = FileText.Decode(payload.Content, payload.Encoding);
        if (bytes is null) return decodeError!;
        var order = new WriteOptions { Stop = context.Stop.Token, IfAbsent = payload.IfAbsent is true };
        var error = AtomicFile.Write(place, bytes, context.Clock, () =>
            FilePrecondition.Check(place, payload.Sha256, order.IfAbsent, context.Stop.Token) ?? CheckStopped(place.Full, context), order);
        if (error is not null) return error;
        var facts = new JsonObject { ["bytes"] = bytes.Length, ["sha256"] = RegularFile.ComputeSha256(bytes) };
        order.AddTo(facts);
        return FileOutcome.FromText($"Wrote {bytes.Length} bytes to {place.Full}\n", facts);
    }
}

/// <summary>file-edit: literal texts, one place unless all are asked for.</summary>
internal sealed class FileEditExecutor() : FileExecutor<FileEditPayload>(Kinds.FileEdit, ProtocolJson.Default.FileEditPayload)
{
    protected override string GetPath(FileEditPayload payload) => payload.Path;

    protected override RootAccess Access => RootAccess.Write;

    protected override FileOutcome ExecuteAt(RootedPath place, FileEditPayload payload, AttemptContext context)
    {
        // Held from the read on: otherwise two edits could both read the old content, and the second would undo the first.
        using var fileLock = FileWriteLocks.Acquire(place, context.Stop.Token);
        var (before, openError) = FileSnapshot.FromFile(place);
        if (before is null) return openError!;
        var edited = FileEdit.Apply(place.Full, before.Content, payload);
        if (edited.Bytes is null) return edited.Error!;
        var order = new WriteOptions { Stop = context.Stop.Token, HeldLock = fileLock };
        var error =
            AtomicFile.Write(place, edited.Bytes, context.Clock, () => CheckStopped(place.Full, context) ?? before.CheckUnchanged(), order);
        if (error is not null) return error;
        var facts = new JsonObject
        {
            ["replacements"] = edited.Replacements,
            ["sha256Before"] = before.Sha256,
            ["sha256After"] = RegularFile.ComputeSha256(edited.Bytes),
        };
        order.AddTo(facts);
        var places = edited.Replacements == 1 ? "place" : "places";
        return FileOutcome.FromText($"Replaced {edited.Replacements} {places} in {place.Full}\n", facts);
    }
}
