using System.Text;
using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Files.Transfer;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Listing;

/// <summary>file-stat: one JSON object on stdout, and in the metadata.</summary>
internal sealed class FileStatExecutor() : FileExecutor<FileStatPayload>(Kinds.FileStat, ProtocolJson.Default.FileStatPayload)
{
    protected override string GetPath(FileStatPayload payload) => payload.Path;

    protected override FileOutcome ExecuteAt(RootedPath place, FileStatPayload payload, AttemptContext context)
    {
        var status = place.Folder.GetStatus(place.Name);
        if (status.Type == FileType.Missing) return FileError.NotFound(place.Full);
        var facts = EntryFacts.FromStatus(place.Full, status);
        if (status.Type == FileType.Regular && !status.IsLink) facts["version"] = status.Version;
        if (payload.Hash is true)
        {
            var (handle, error) = RegularFile.Open(place);
            if (handle is null) return error!;
            using (handle)
            {
                if (FileDigest.ComputeSha256(handle, context.Stop.Token) is not { } digest) return FileError.TaskStopped(place.Full);
                facts["sha256"] = digest;
            }
        }
        return FileOutcome.FromText(facts.ToJsonString() + "\n", facts);
    }
}

/// <summary>
/// file-list: a JSON object a line on stdout, in an order that does not change; <c>next</c> in the metadata when there is more.
/// </summary>
internal sealed class FileListExecutor() : FileExecutor<FileListPayload>(Kinds.FileList, ProtocolJson.Default.FileListPayload)
{
    private const int DefaultLimit = 1000;
    private const int MostLooked = 200_000;

    protected override string GetPath(FileListPayload payload) => payload.Path;

    protected override FileOutcome ExecuteAt(RootedPath place, FileListPayload payload, AttemptContext context)
    {
        var status = place.Folder.GetStatus(place.Name);
        if (status.Type == FileType.Missing) return FileError.NotFound(place.Full);
        if (status.Type != FileType.Directory || status.IsLink) return new FileError("not-a-folder", $"{place.Full} is not a folder");
        using var folder = place.Folder.OpenBelow(place.Name == "." ? "" : place.Name);
        return ListEntries(folder, payload, context);
    }

    // No path in a folder begins with a slash.
    private const string Escaped = "//";

    private static string EncodeCursor(string path) => FileName.IsText(path) ? path : Escaped + FileName.Escape(path);

    private static string? DecodeCursor(string? after) =>
        after?.StartsWith(Escaped, StringComparison.Ordinal) is true ? FileName.Unescape(after[Escaped.Length..]) ?? after : after;

    private static FileOutcome ListEntries(FolderHandle folder, FileListPayload payload, AttemptContext context)
    {
        var (pattern, lines, unread) = (new EntryPattern(payload.Pattern ?? "*"), new StringBuilder(), new OmissionList());
        var (count, looked, limit) = (0, 0, payload.Limit ?? DefaultLimit);
        string? last = null, next = null;
        foreach (var entry in FolderWalk.ListEntries(folder, pattern.MayMatchBelow, DecodeCursor(payload.After), unread.Add))
        {
            if (context.Stop.Token.IsCancellationRequested) return FileError.TaskStopped(folder.FullPath);
            var matches = pattern.Matches(entry.Path);
            if ((matches && count == limit) || looked++ == MostLooked || lines.Length > FileReading.MaxText / 2)
            {
                next = last;
                break;
            }
            last = entry.Path;
            if (!matches) continue;
            count++;
            lines.Append(EntryFacts.FromStatus(entry.Path, entry.Status).ToJsonString()).Append('\n');
        }
        var facts = new JsonObject { ["entries"] = count };
        if (next is not null) facts["next"] = EncodeCursor(next);
        if (unread.Count > 0) unread.AddTo(facts, "unread");
        return FileOutcome.FromText(lines.ToString(), facts);
    }
}
