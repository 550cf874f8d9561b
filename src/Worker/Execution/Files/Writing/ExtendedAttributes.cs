using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.Execution.Files.Writing;

/// <summary>Named values beside a file's content; on Linux the access control list is one of them.</summary>
internal static unsafe partial class ExtendedAttributes
{
    private const string AccessList = "system.posix_acl_access";
    // These describe the content: they would be wrong for the new content, and the kernel drops them when a file is written.
    private static readonly string[] OfContent = ["security.capability", "security.ima", "security.evm"];
    private const int Largest = 64 * 1024;
    private const uint MacListAndAttributes = 1 | 4;

    /// <summary>Copies all of them; returns the names of those that could not be copied.</summary>
    public static IReadOnlyList<string> CopyAll(SafeFileHandle from, SafeFileHandle to)
    {
        var (old, fresh) = ((int)from.DangerousGetHandle(), (int)to.DangerousGetHandle());
        if (OperatingSystem.IsMacOS()) return CopyOnMac(old, fresh, 0, MacListAndAttributes) == 0 ? [] : ["attributes"];
        if (!OperatingSystem.IsLinux()) return [];
        var lost = new List<string>();
        var names = ListNames(old);
        // A new file gets the folder's default list, which may grant rights that the old file did not.
        if (!names.Contains(AccessList) && ListNames(fresh).Contains(AccessList) && RemoveAttribute(fresh, AccessList) != 0)
            lost.Add(AccessList);
        foreach (var name in names.Except(OfContent))
        {
            if (!CopyOne(old, fresh, name)) lost.Add(name);
        }
        return lost;
    }

    private static bool CopyOne(int old, int fresh, string name)
    {
        if (ReadValue(old, name) is not { } value) return false;
        if (ReadValue(fresh, name) is { } there && there.AsSpan().SequenceEqual(value)) return true;
        fixed (byte* start = value)
            return SetAttribute(fresh, name, start, (nuint)value.Length, 0) == 0;
    }

    private static string[] ListNames(int fd)
    {
        var buffer = new byte[Largest];
        fixed (byte* start = buffer)
        {
            // A file system without extended attributes has none to lose.
            var length = ListAttributes(fd, start, Largest);
            return length <= 0 ? [] : Encoding.UTF8.GetString(buffer, 0, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    private static byte[]? ReadValue(int fd, string name)
    {
        var buffer = new byte[Largest];
        fixed (byte* start = buffer)
        {
            var length = GetAttribute(fd, name, start, Largest);
            return length < 0 ? null : buffer[..(int)length];
        }
    }

    [LibraryImport("libc", EntryPoint = "flistxattr", SetLastError = true)]
    private static partial nint ListAttributes(int fd, byte* names, nuint size);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetAttribute(int fd, string name, byte* value, nuint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetAttribute(int fd, string name, byte* value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "fremovexattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveAttribute(int fd, string name);

    [LibraryImport("libc", EntryPoint = "fcopyfile", SetLastError = true)]
    private static partial int CopyOnMac(int from, int to, nint state, uint flags);
}
