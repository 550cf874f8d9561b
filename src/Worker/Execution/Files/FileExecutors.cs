using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>file-read: the content is stdout.</summary>
internal sealed class FileReadExecutor() : FileExecutor<FileReadPayload>(Kinds.FileRead, ProtocolJson.Default.FileReadPayload)
{
    protected override string PathOf(FileReadPayload payload) => payload.Path;

    protected override FileOutcome Work(string path, FileReadPayload payload, AttemptContext context) => FileReading.Read(path, payload);
}

/// <summary>file-write: exactly the bytes given.</summary>
internal sealed class FileWriteExecutor() : FileExecutor<FileWritePayload>(Kinds.FileWrite, ProtocolJson.Default.FileWritePayload)
{
    protected override string PathOf(FileWritePayload payload) => payload.Path;

    protected override FileOutcome Work(string path, FileWritePayload payload, AttemptContext context)
    {
        var (bytes, fault) = FileText.Decode(payload.Content, payload.Encoding);
        if (bytes is null) return fault!;
        if (AtomicFile.Write(path, bytes, context.Clock, () => Stopped(path, context)) is { } refused) return refused;
        return FileOutcome.Done(
            $"Wrote {bytes.Length} bytes to {path}\n",
            new JsonObject { ["bytes"] = bytes.Length, ["sha256"] = RegularFile.Sha256(bytes) });
    }
}

/// <summary>file-edit: literal texts, one place unless all are asked for.</summary>
internal sealed class FileEditExecutor() : FileExecutor<FileEditPayload>(Kinds.FileEdit, ProtocolJson.Default.FileEditPayload)
{
    protected override string PathOf(FileEditPayload payload) => payload.Path;

    protected override FileOutcome Work(string path, FileEditPayload payload, AttemptContext context)
    {
        var (before, fault) = FileSnapshot.Take(path);
        if (before is null) return fault!;
        var edited = FileEdit.Apply(path, before.Content, payload);
        if (edited.Bytes is null) return edited.Fault!;
        var refused = AtomicFile.Write(path, edited.Bytes, context.Clock, () => Stopped(path, context) ?? before.Unchanged());
        if (refused is not null) return refused;
        return FileOutcome.Done(
            $"Replaced {edited.Replacements} {(edited.Replacements == 1 ? "place" : "places")} in {path}\n",
            new JsonObject
            {
                ["replacements"] = edited.Replacements,
                ["sha256Before"] = before.Sha256,
                ["sha256After"] = RegularFile.Sha256(edited.Bytes),
            });
    }
}
