using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Files.Listing;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Files.Writing;

namespace OpenClaw.Worker.Execution.Files.Archives;

/// <summary>
/// file-tar: a folder as a tar archive (pax), on stdout or into a file on the PC, which a download then fetches. Links are in it as links
/// and nothing behind them is.
/// </summary>
internal sealed class FileTarExecutor() : FileExecutor<FileTarPayload>(Kinds.FileTar, ProtocolJson.Default.FileTarPayload)
{
    protected override string PathOf(FileTarPayload payload) => payload.Path;

    protected override FileOutcome Work(RootedPath place, FileTarPayload payload, AttemptContext context)
    {
        try
        {
            var status = place.Folder.Status(place.Name);
            if (status.Type == FileType.Missing) return FileFault.NotFound(place.Full);
            if (status.Type != FileType.Directory || status.IsLink) return new FileFault("not-a-folder", $"{place.Full} is not a folder");
            using var folder = place.Folder.Below(place.Name == "." ? "" : place.Name);
            return payload.Target is { } target ? ToFile(folder, target, context) : ToOutput(folder, context);
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return FileFault.From(place.Full, error);
        }
    }

    private static FileOutcome ToOutput(HeldFolder folder, AttemptContext context)
    {
        using var archive = new BoundedStream(FileReading.MaxText);
        try
        {
            var facts = TarFolder.Write(folder, archive, null, context.Stop.Token);
            return facts is null ? FileFault.Stopped(folder.FullPath) : new FileOutcome(archive.ToArray(), facts, null);
        }
        catch (ArchiveFullException)
        {
            return FileFault.TooLarge($"the archive of {folder.FullPath} is over {FileReading.MaxText} bytes: give a target and download it from there");
        }
    }

    /// <summary>The archive that is written, and what it will replace.</summary>
    private static Func<FolderEntry, bool> IsArchiveItself(HeldFolder folder, RootedPath target, Stream archive)
    {
        if (OperatingSystem.IsWindows() || archive is not FileStream file)
            return entry => AtomicFile.IsUnfinished(entry.Name) || Path.Join(folder.FullPath, entry.Path) == target.Full;
        var written = Posix.Status(file.SafeFileHandle).Identity;
        return entry => entry.Status.Identity == written || Path.Join(folder.FullPath, entry.Path) == target.Full;
    }

    private static FileOutcome ToFile(HeldFolder folder, string target, AttemptContext context)
    {
        var path = FilePaths.Resolve(target, context.User.Home, OperatingSystem.IsWindows());
        if (path.Full is null) return FileFault.BadPath(path.Error!);
        var (place, fault) = context.Policy.Files.Open(path.Full, RootAccess.Write, makeFolders: true);
        if (place is null) return fault!;
        using (place)
        {
            JsonObject? facts = null;
            var order = new WriteOptions { Stop = context.Stop.Token };
            var refused = AtomicFile.Write(place, Fill, context.Clock, () => Stopped(place.Full, context), order);
            if (refused is not null) return refused;
            if (facts is null) return FileFault.Stopped(place.Full);
            order.AddTo(facts);
            return FileOutcome.Done($"Wrote {facts["size"]} bytes to {place.Full}\n", facts);

            void Fill(Stream archive) =>
                facts = TarFolder.Write(folder, archive, IsArchiveItself(folder, place, archive), context.Stop.Token);
        }
    }
}
