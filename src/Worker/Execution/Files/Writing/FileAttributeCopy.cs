using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Execution.Files.Writing;

/// <summary>
/// Gives a new file what the one it replaces has beside its content: owner, mode, access control list, extended attributes. What can't be
/// given is noted. On Windows the rename itself keeps it.
/// </summary>
internal static class FileAttributeCopy
{
    private const UnixFileMode SpecialBits = UnixFileMode.SetUser | UnixFileMode.SetGroup;

    public static void Apply(RootedPath from, FileStatus before, SafeFileHandle to, WriteOptions order)
    {
        if (OperatingSystem.IsWindows()) return;
        order.SplitsHardLinks = before.Links > 1;
        Posix.TrySetOwner(to, before);
        var now = Posix.Status(to);
        if (now.Uid != before.Uid) order.NoteLost("owner");
        if (now.Gid != before.Gid) order.NoteLost("group");
        // With those bits the program would run as somebody it never was meant to run as.
        var sameRights = now.Uid == before.Uid && now.Gid == before.Gid;
        File.SetUnixFileMode(to, sameRights ? before.Mode : before.Mode & ~SpecialBits);
        try
        {
            using var old = from.Folder.OpenRead(from.Name);
            // Behind the mode: a list of rights has the group's bits of the mode in it.
            foreach (var name in ExtendedAttributes.Copy(old, to))
                order.NoteLost(name);
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            // It may be written here and not read, and with that go its attributes.
            order.NoteLost("attributes");
        }
    }
}
