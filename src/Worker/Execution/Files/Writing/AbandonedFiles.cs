using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Execution.Files.Writing;

/// <summary>
/// Removes what a worker that was killed has left in a folder. Best effort: whatever stands there under such a name, and whatever goes
/// wrong, decides about nobody's write.
/// </summary>
internal static class AbandonedFiles
{
    public static void RemoveAll(HeldFolder folder, Func<string, bool> isOurs, DateTime before)
    {
        try
        {
            foreach (var name in folder.Names().Where(isOurs))
                RemoveOne(folder, name, before);
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            // A folder that may be written but not listed: the files stay.
        }
    }

    private static void RemoveOne(HeldFolder folder, string name, DateTime before)
    {
        try
        {
            if (folder.Status(name) is not { Type: FileType.Regular, IsLink: false } status || !status.Changed.IsBefore(before)) return;
            // One that is being written belongs to a task that takes long, of this daemon or of another one.
            using var handle = folder.OpenRead(name);
            if (FolderCalls.TryLock(handle)) folder.Delete(name);
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            // Its writer has renamed or removed it in this moment, or it is somebody else's.
        }
    }
}
