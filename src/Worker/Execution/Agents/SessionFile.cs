using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>
/// Reading of an agent's own files. Anything may stand among them: what is no regular file is not opened, so a pipe makes nobody wait. A
/// mount that answers nothing does; whoever reads has a limit of time around it.
/// </summary>
internal static class SessionFile
{
    /// <summary>The first bytes, at most <paramref name="most"/>; none when it can't be read.</summary>
    public static byte[] ReadStart(string path, int most) =>
        ReadRegularFile(path, (handle, _) => RegularFile.ReadBytes(handle, 0, most)) ?? [];

    /// <summary>The last whole lines in at most <paramref name="most"/> bytes, and whether that is the whole file.</summary>
    public static (byte[] Lines, bool Whole) ReadEnd(string path, int most)
    {
        var whole = true;
        var bytes = ReadRegularFile(path, (handle, length) =>
        {
            whole = length <= most;
            return RegularFile.ReadBytes(handle, whole ? 0 : length - most, most);
        });
        if (bytes is null || whole) return (bytes ?? [], true);
        return (bytes[(bytes.AsSpan().IndexOf((byte)'\n') + 1)..], false);
    }

    private static byte[]? ReadRegularFile(string path, Func<SafeFileHandle, long, byte[]> read)
    {
        try
        {
            // A person may have moved the file elsewhere and left a link.
            if (RealPath.ResolveLinks(path) is not { } real) return null;
            using var folder = FolderHandle.Open(Path.GetDirectoryName(real)!);
            var name = Path.GetFileName(real);
            if (folder.GetStatus(name).Type != FileType.Regular) return null;
            using var handle = folder.OpenRead(name);
            // Asked again: the name may have changed between.
            return OperatingSystem.IsWindows() || Posix.GetStatus(handle).Type == FileType.Regular
                ? read(handle, RandomAccess.GetLength(handle))
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
