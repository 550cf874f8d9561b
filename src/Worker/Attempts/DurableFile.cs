using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Attempts;

/// <summary>Small files of the daemon's own that must be there after a power cut. Only the owner may read them.</summary>
internal static class DurableFile
{
    public const string Unfinished = ".tmp";

    /// <summary>On disk, whole, when it returns; throws IOException or UnauthorizedAccessException.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + Unfinished;
        try
        {
            using (var stream = new FileStream(temporary, CreateOptions()))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
            if (!OperatingSystem.IsWindows()) Posix.SyncFolder(Path.GetDirectoryName(path)!);
        }
        catch (Exception)
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static FileStreamOptions CreateOptions()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
