using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Execution.Files.Writing;

/// <summary>
/// Removes temporary files that a killed worker left in a folder. Best effort: foreign files, folders, pipes and links with such names are
/// left alone, and no failure here reaches a write.
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
            // The folder can't be listed: the files stay.
        }
    }

    private static void RemoveOne(HeldFolder folder, string name, DateTime before)
    {
        try
        {
            if (folder.Status(name) is not { Type: FileType.Regular, IsLink: false } status || !status.Changed.IsBefore(before)) return;
            // A locked file is still being written, by this daemon or another one.
            using var handle = folder.OpenRead(name);
            if (FolderCalls.TryLock(handle)) folder.Delete(name);
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            // Its writer has renamed or removed it meanwhile, or it can't be opened.
        }
    }
}
