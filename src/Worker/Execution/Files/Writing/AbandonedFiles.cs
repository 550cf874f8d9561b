using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Writing;

/// <summary>
/// Removes temporary files that a killed worker left in a folder. Best effort: foreign files, folders, pipes and links with such names are
/// left alone, and no failure here reaches a write.
/// </summary>
internal static class AbandonedFiles
{
    public static void RemoveAll(FolderHandle folder, Func<string, bool> isOurs, DateTime before)
    {
        try
        {
            foreach (var name in folder.ListNames().Where(isOurs))
                RemoveOne(folder, name, before);
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            // The folder can't be listed: the files stay.
        }
    }

    private static void RemoveOne(FolderHandle folder, string name, DateTime before)
    {
        try
        {
            if (folder.GetStatus(name) is not { Type: FileType.Regular, IsLink: false } status || !status.Changed.IsBefore(before)) return;
            // A locked file is still being written, by this daemon or another one.
            using var handle = folder.OpenRead(name);
            if (FolderCalls.TryLock(handle)) folder.DeleteFile(name);
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            // Its writer has renamed or removed it meanwhile, or it can't be opened.
        }
    }
}
