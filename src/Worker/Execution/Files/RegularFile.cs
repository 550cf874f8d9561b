using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>Opening and reading of regular files; what else stands at a path is refused without waiting for it.</summary>
internal static class RegularFile
{
    public static (SafeFileHandle? Handle, FileError? Error) Open(RootedPath place)
    {
        try
        {
            // Asked first because opening a device may do something; asked again below because the name may change between.
            var type = place.Folder.GetStatus(place.Name).Type;
            if (type == FileType.Missing) return (null, FileError.NotFound(place.Full));
            if (type != FileType.Regular) return (null, FileError.NotRegular(place.Full, type));
            var handle = place.Folder.OpenRead(place.Name);
            if (OperatingSystem.IsWindows()) return (handle, null);
            var opened = Posix.GetStatus(handle).Type;
            if (opened == FileType.Regular) return (handle, null);
            handle.Dispose();
            return (null, FileError.NotRegular(place.Full, opened));
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return (null, FileError.FromException(place.Full, error));
        }
    }

    /// <summary>
    /// Bytes from <paramref name="offset"/> until the end or <paramref name="atMost"/> of them. Reads to the end rather than by
    /// the length: files of /proc say 0.
    /// </summary>
    public static byte[] ReadBytes(SafeFileHandle handle, long offset, long atMost)
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

    public static string ComputeSha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
