using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>Opening and reading of regular files; what else stands at a path is refused without waiting for it.</summary>
internal static class RegularFile
{
    /// <summary>What stands at a path, links followed.</summary>
    public static FileStatus Status(string path)
    {
        if (!OperatingSystem.IsWindows()) return Posix.Status(path);
        if (Directory.Exists(path)) return new(FileType.Directory, 0, 0);
        return File.Exists(path) ? new(FileType.Regular, 0, 0) : default;
    }

    /// <summary>Opens a regular file for reading.</summary>
    public static (SafeFileHandle? Handle, FileFault? Fault) Open(string path)
    {
        try
        {
            // Asked first because opening a device may do something; asked again below because the path may change between.
            var type = Status(path).Type;
            if (type == FileType.Missing) return (null, FileFault.NotFound(path));
            if (type != FileType.Regular) return (null, FileFault.NotRegular(path, type));
            if (OperatingSystem.IsWindows()) return (File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete), null);
            var handle = Posix.OpenForRead(path);
            var opened = Posix.Status(handle).Type;
            if (opened == FileType.Regular) return (handle, null);
            handle.Dispose();
            return (null, FileFault.NotRegular(path, opened));
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return (null, FileFault.From(path, error));
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
