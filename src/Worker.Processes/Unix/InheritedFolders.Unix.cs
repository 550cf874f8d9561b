using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes.Arguments;

namespace OpenClaw.Worker.Processes.Unix;

/// <summary>The folders a program inherits, held open from their check until it is spawned.</summary>
internal sealed class InheritedFolders : IDisposable
{
    /// <summary>Higher than every number in the program, so that dup2 to one never closes another.</summary>
    public const int LowestDescriptor = 200;
    private readonly List<SafeFileHandle> held = [];

    private InheritedFolders()
    {
    }

    /// <summary>In the order they have in the program.</summary>
    public int[] Descriptors => [.. held.Select(handle => (int)handle.DangerousGetHandle())];

    /// <summary>Null and a sentence when one can't be opened, or is not what was meant.</summary>
    public static (InheritedFolders? Folders, string? Error) OpenAll(IReadOnlyList<InheritedFolder> folders)
    {
        var result = new InheritedFolders();
        foreach (var folder in folders)
        {
            if (result.TryAdd(folder)) continue;
            result.Dispose();
            return (null, $"the folder '{folder.Path}' is not what it was a moment ago");
        }
        return (result, null);
    }

    public void Dispose() => held.ForEach(handle => handle.Dispose());

    private bool TryAdd(InheritedFolder folder)
    {
        try
        {
            using var above = FolderHandle.OpenForStatus(Path.GetDirectoryName(folder.Path) ?? "/");
            using var handle = above.OpenToPass(Path.GetFileName(folder.Path) is { Length: > 0 } name ? name : ".");
            var status = Posix.GetStatus(handle);
            if (status.IsLink || (folder.Identity is { } meant && !status.Identity.IsSameAs(meant))) return false;
            var fd = Native.Duplicate((int)handle.DangerousGetHandle(), LowestDescriptor);
            held.Add(new SafeFileHandle(fd, ownsHandle: true));
            return true;
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return false;
        }
    }
}
