using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.Execution.Files.Transfer;

/// <summary>SHA-256 of a whole file, a block at a time.</summary>
internal static class FileDigest
{
    /// <summary>Lower-case hex; null when it was stopped.</summary>
    public static string? ComputeSha256(SafeFileHandle handle, CancellationToken stop)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[256 * 1024];
        long at = 0;
        for (int got; (got = RandomAccess.Read(handle, buffer, at)) > 0; at += got)
        {
            if (stop.IsCancellationRequested) return null;
            hash.AppendData(buffer, 0, got);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
