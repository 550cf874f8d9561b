using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Files.Listing;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Files.Writing;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Archives;

/// <summary>
/// file-tar: a folder as a tar archive (pax), on stdout or into a file on the PC, which a download then fetches. Links are in it as links
/// and nothing behind them is.
/// </summary>
internal sealed class FileTarExecutor() : FileExecutor<FileTarPayload>(Kinds.FileTar, ProtocolJson.Default.FileTarPayload)
{
    protected override string GetPath(FileTarPayload payload) => payload.Path;

    protected override FileOutcome ExecuteAt(RootedPath place, FileTarPayload payload, AttemptContext context)
    {
        try
        {
            var status = place.Folder.GetStatus(place.Name);
            if (status.Type == FileType.Missing) return FileError.NotFound(place.Full);
            if (status.Type != FileType.Directory || status.IsLink) return new FileError("not-a-folder", $"{place.Full} is not a folder");
            using var folder = place.Folder.OpenBelow(place.Name == "." ? "" : place.Name);
            return payload.Target is { } target ? WriteToFile(folder, target, context) : WriteToOutput(folder, context);
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return FileError.FromException(place.Full, error);
        }
    }

    private static FileOutcome WriteToOutput(FolderHandle folder, AttemptContext context)
    {
        using var archive = new BoundedStream(FileReading.MaxText);
        try
        {
            var facts = FolderTarWriter.WriteArchive(folder, archive, null, context.Stop.Token);
            return facts is null ? FileError.TaskStopped(folder.FullPath) : new FileOutcome(archive.ToArray(), facts, null);
        }
        catch (ArchiveFullException)
        {
            return FileError.TooLarge(
                $"the archive of {folder.FullPath} is over {FileReading.MaxText} bytes: give a target and download it from there");
        }
    }

    /// <summary>The archive that is written, and what it will replace.</summary>
    private static Func<FolderEntry, bool> IsArchiveItself(FolderHandle folder, RootedPath target, Stream archive)
    {
        if (OperatingSystem.IsWindows() || archive is not FileStream file)
            return entry => AtomicFile.IsUnfinished(entry.Name) || Path.Join(folder.FullPath, entry.Path) == target.Full;
        var written = Posix.GetStatus(file.SafeFileHandle).Identity;
        return entry => entry.Status.Identity == written || Path.Join(folder.FullPath, entry.Path) == target.Full;
    }

    private static FileOutcome WriteToFile(FolderHandle folder, string target, AttemptContext context)
    {
        var path = FilePaths.Resolve(target, context.User.Home, OperatingSystem.IsWindows());
        if (path.Full is null) return FileError.BadPath(path.Error!);
        var (place, pathError) = context.Policy.Files.OpenPath(path.Full, RootAccess.Write, makeFolders: true);
        if (place is null) return pathError!;
        using (place)
        {
            JsonObject? facts = null;
            var order = new WriteOptions { Stop = context.Stop.Token };
            var error = AtomicFile.Write(place, Fill, context.Clock, () => CheckStopped(place.Full, context), order);
            if (error is not null) return error;
            if (facts is null) return FileError.TaskStopped(place.Full);
            order.AddTo(facts);
            return FileOutcome.FromText($"Wrote {facts["size"]} bytes to {place.Full}\n", facts);

            void Fill(Stream archive) =>
                facts = FolderTarWriter.WriteArchive(folder, archive, IsArchiveItself(folder, place, archive), context.Stop.Token);
        }
    }
}
