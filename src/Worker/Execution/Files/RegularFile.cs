using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>Opening and reading of regular files; what else stands at a path is refused without waiting for it.</summary>
internal static class RegularFile
{
    /// <summary>Opens a regular file for reading.</summary>
    public static (SafeFileHandle? Handle, FileFault? Fault) Open(RootedPath place)
    {
        try
        {
            // Asked first because opening a device may do something; asked again below because the name may change between.
            var type = place.Folder.Status(place.Name).Type;
            if (type == FileType.Missing) return (null, FileFault.NotFound(place.Full));
            if (type != FileType.Regular) return (null, FileFault.NotRegular(place.Full, type));
            var handle = place.Folder.OpenRead(place.Name);
            if (OperatingSystem.IsWindows()) return (handle, null);
            var opened = Posix.Status(handle).Type;
            if (opened == FileType.Regular) return (handle, null);
            handle.Dispose();
            return (null, FileFault.NotRegular(place.Full, opened));
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return (null, FileFault.From(place.Full, error));
        }
    }

    /// <summary>
    /// Bytes from <paramref name="offset"/> until the end or <paramref name="atMost"/> of them. Reads to the end rather than by
    /// the length: files of /proc say 0.
    /// </summary>
    public static byte[] Read(SafeFileHandle handle, long offset, long atMost)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (bytes.Length < atMost)
        {
            var want = (int)Math.Min(buffer.Length, atMost - bytes.Length);
            var got = RandomAccess.Read(handle, buffer.AsSpan(0, want), offset + bytes.Length);
            if (got == 0) break;
            bytes.Write(buffer, 0, got);
        }
        return bytes.ToArray();
    }

    /// <summary>SHA-256 in lower-case hex.</summary>
    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
