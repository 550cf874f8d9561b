using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32;

namespace OpenClaw.Worker.Identity;

/// <summary>
/// Which PC this is, as its system says: Linux' machine-id, macOS' hardware UUID, Windows' MachineGuid. Only a digest with a key of our own
/// leaves this class: systemd wants the id itself kept from others.
/// </summary>
internal static partial class MachineId
{
    private static readonly string[] LinuxFiles = ["etc/machine-id", "var/lib/dbus/machine-id"];
    private static readonly string[] ContainerFiles = [".dockerenv", "run/.containerenv", "run/systemd/container"];
    private static readonly string[] ContainerVariables = ["container", "KUBERNETES_SERVICE_HOST"];
    private static readonly string[] LayeredFileSystems = ["overlay", "fuse.fuse-overlayfs", "aufs"];

    /// <summary>
    /// Null when there is none to rely on: the system has no id, or this is a container, whose id is its image's or a new one each time,
    /// while its home is on a volume.
    /// </summary>
    public static string? ReadDigest()
    {
        try
        {
            var id = OperatingSystem.IsWindows() ? ReadWindowsId()
                : OperatingSystem.IsMacOS() ? ReadMacId() : ReadLinuxId("/", Environment.GetEnvironmentVariable);
            return id is null ? null : ComputeDigest(id);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            return null;
        }
    }

    /// <summary>A keyed digest of the id, which does not reveal it.</summary>
    public static string ComputeDigest(string id) =>
        Convert.ToHexStringLower(HMACSHA256.HashData("openclaw-worker home"u8, Encoding.UTF8.GetBytes(id.Trim().ToLowerInvariant())));

    /// <summary>The id of the Linux whose file system begins at <paramref name="root"/>; null: none, or a container.</summary>
    public static string? ReadLinuxId(string root, Func<string, string?> variable)
    {
        if (ContainerFiles.Any(name => File.Exists(Path.Combine(root, name)))
            || ContainerVariables.Any(name => variable(name) is { Length: > 0 }))
            return null;
        var mounts = Path.Combine(root, "proc/self/mountinfo");
        if (File.Exists(mounts) && File.ReadLines(mounts).Any(IsLayeredRoot)) return null;
        // Before the first start of a system it is empty or says "uninitialized".
        return LinuxFiles.Select(name => Path.Combine(root, name)).Where(File.Exists).Select(path => File.ReadAllText(path).Trim())
            .FirstOrDefault(id => id.Length == 32 && id.All(char.IsAsciiHexDigit) && id.Any(digit => digit != '0'));
    }

    // "36 35 0:32 / / rw,relatime - overlay overlay rw,...": where it is mounted is the fifth word, its type follows the dash.
    private static bool IsLayeredRoot(string mount)
    {
        var words = mount.Split(' ');
        var dash = Array.IndexOf(words, "-");
        return words.ElementAtOrDefault(4) == "/" && dash > 0 && LayeredFileSystems.Contains(words.ElementAtOrDefault(dash + 1));
    }

    private static unsafe string? ReadMacId()
    {
        byte* id = stackalloc byte[16];
        long* wait = stackalloc long[] { 1, 0 }; // struct timespec: a second at most
        var known = GetHostUuid(id, wait) == 0 && new ReadOnlySpan<byte>(id, 16).ContainsAnyExcept((byte)0);
        return known ? Convert.ToHexStringLower(new ReadOnlySpan<byte>(id, 16)) : null;
    }

    private static string? ReadWindowsId() => OperatingSystem.IsWindows()
        ? Registry.GetValue(@"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography", "MachineGuid", null) as string : null;

    [LibraryImport("libc", EntryPoint = "gethostuuid")]
    private static unsafe partial int GetHostUuid(byte* uuid, long* wait);
}
