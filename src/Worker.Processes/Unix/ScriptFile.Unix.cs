using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Processes.Arguments;

namespace OpenClaw.Worker.Processes.Unix;

/// <summary>The file behind an <see cref="InheritedScript"/>: it has no name, so it is gone with the last descriptor of it.</summary>
internal static partial class ScriptFile
{
    private const uint CloseOnExec = 1;

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateInMemory(string name, uint flags);

    /// <summary>Null when there is no text. Throws <see cref="IOException"/> when it can't be kept.</summary>
    public static SafeFileHandle? OpenWithText(ReadOnlyMemory<byte>? text)
    {
        if (text is not { } bytes) return null;
        using var file = CreateUnnamed();
        // At a place of its own, not by moving the end: on macOS the program's reading begins where that stands.
        RandomAccess.Write(file, bytes.Span, 0);
        return new SafeFileHandle(Native.Duplicate((int)file.DangerousGetHandle(), InheritedFolders.LowestDescriptor), ownsHandle: true);
    }

    private static SafeFileHandle CreateUnnamed()
    {
        if (!Native.Mac)
        {
            var fd = CreateInMemory("script", CloseOnExec);
            return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true)
                : throw new IOException($"no file for the script: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        File.Delete(path);
        return file;
    }
}
