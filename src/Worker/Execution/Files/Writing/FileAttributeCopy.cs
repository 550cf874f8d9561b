using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Writing;

/// <summary>
/// Copies owner, mode, access control list and extended attributes from the file that is replaced to the new one, and notes what could not
/// be copied. On Windows File.Replace keeps them.
/// </summary>
internal static class FileAttributeCopy
{
    private const UnixFileMode SpecialBits = UnixFileMode.SetUser | UnixFileMode.SetGroup;

    public static void CopyAll(RootedPath from, FileStatus before, SafeFileHandle to, WriteOptions order)
    {
        if (OperatingSystem.IsWindows()) return;
        order.SplitsHardLinks = before.Links > 1;
        Posix.TrySetOwner(to, before);
        var now = Posix.GetStatus(to);
        if (now.Uid != before.Uid) order.AddLost("owner");
        if (now.Gid != before.Gid) order.AddLost("group");
        // A set-user-id file of another owner would run as a user it was never meant for.
        var sameRights = now.Uid == before.Uid && now.Gid == before.Gid;
        File.SetUnixFileMode(to, sameRights ? before.Mode : before.Mode & ~SpecialBits);
        try
        {
            using var old = from.Folder.OpenRead(from.Name);
            // After the mode: setting the access control list also sets the group bits of the mode.
            foreach (var name in ExtendedAttributes.CopyAll(old, to))
                order.AddLost(name);
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            // The old file can't be opened for reading, so its attributes are unknown.
            order.AddLost("attributes");
        }
    }
}
