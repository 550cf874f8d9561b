using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.FileSystems;

/// <summary>
/// The kernel's own folders on Linux. What looks like files there are its switches, and what it knows of processes: their environments with
/// all the secrets in them. <c>/dev</c> is not among them: it holds devices, which are refused as such, and links into <c>/proc</c>.
/// </summary>
internal static unsafe partial class KernelFolders
{
    private static readonly string[] Folders = ["/proc", "/sys"];

    // proc and sysfs, and what is mounted in them: cgroup, cgroup2, debugfs, tracefs, securityfs, configfs, bpf, pstore, efivarfs,
    // selinuxfs, nsfs.
    private static readonly long[] Kinds =
    [
        0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0x73636673, 0x62656570, 0xcafe4a11, 0x6165676C, 0xde5e81e4,
        0xf97cff8c, 0x6e736673,
    ];

    /// <summary>True for a path without links in one of them.</summary>
    public static bool Contains(string real) =>
        OperatingSystem.IsLinux() && Folders.Any(folder => RealPath.IsWithin(real, folder, StringComparison.Ordinal));

    /// <summary>True for what stands in one of them, wherever that is mounted.</summary>
    public static bool Contains(SafeFileHandle handle)
    {
        // struct statfs begins with the kind, and has 120 bytes.
        var buffer = stackalloc long[32];
        return OperatingSystem.IsLinux() && FStatFs((int)handle.DangerousGetHandle(), buffer) == 0 && Kinds.Contains(*buffer);
    }

    /// <summary>
    /// True for what the kernel says of this process and its threads, its memory included: closed even where a root names /proc.
    /// </summary>
    public static bool IsAboutThisProcess(string real) =>
        Contains(real) && real.Split('/') is ["", "proc", var id, ..]
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _) && Directory.Exists($"/proc/self/task/{id}");

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int FStatFs(int fd, long* buffer);
}
