using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.FileSystems;

/// <summary>
/// Looks at what is opened through a <see cref="FolderHandle"/> and those below it: after it is open, and by what it is. Throws when it may
/// not be used; then it is closed again.
/// </summary>
internal interface IFolderGuard
{
    /// <summary>Checks a folder that was opened from <paramref name="above"/>, which has been checked; null: opened over several.</summary>
    void CheckFolder(SafeFileHandle folder, FileStatus? above);

    /// <summary>Checks all folders above an open one, and what has the name in it.</summary>
    void CheckWay(FolderHandle folder, string name);

    /// <summary>Checks an open file of a folder. What is no regular file is refused elsewhere.</summary>
    void CheckFile(SafeFileHandle file, FileStatus folder);
}
