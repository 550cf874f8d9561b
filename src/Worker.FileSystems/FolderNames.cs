using System.Runtime.InteropServices;

namespace OpenClaw.Worker.FileSystems;

/// <summary>Reads what is in a folder, and what a link says, as the bytes they are. Unix; .NET loses names that are no text.</summary>
internal static unsafe partial class FolderNames
{
    private const int LinuxNameAt = 19, MacNameAt = 21;

    /// <summary>
    /// The names in a folder but for <c>.</c> and <c>..</c>; null with the errno set when not all of them could be read. The descriptor is
    /// the callee's from now on.
    /// </summary>
    public static List<string>? ReadNames(int folder)
    {
        var stream = OpenStream(folder);
        if (stream == 0)
        {
            _ = FolderCalls.Close(folder);
            return null;
        }
        try
        {
            var names = new List<string>();
            var nameAt = OperatingSystem.IsMacOS() ? MacNameAt : LinuxNameAt;
            for (byte* entry; (entry = ReadNext(stream)) is not null;)
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + nameAt);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) names.Add(FileName.Decode(name));
            }
            return Marshal.GetLastPInvokeError() == 0 ? names : null;
        }
        finally
        {
            _ = CloseStream(stream);
        }
    }

    /// <summary>What a link says; null when it is none, or can't be read.</summary>
    /// <param name="folder">Where a relative path begins.</param>
    /// <param name="path">The link.</param>
    public static string? ReadLinkTarget(int folder, string path)
    {
        for (var size = 4096; ; size *= 2)
        {
            var buffer = new byte[size];
            fixed (byte* start = buffer)
            {
                var length = ReadLink(folder, path, start, (nuint)size);
                if (length < 0) return null;
                // A full buffer may have cut it.
                if (length < size) return FileName.Decode(buffer.AsSpan(0, (int)length));
            }
        }
    }

    // The end is no entry and no error: the errno is cleared before the call.
    private static byte* ReadNext(nint stream) => OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.X64
        ? ReadEntryMacX64(stream) : ReadEntry(stream);

    private static nint OpenStream(int folder) => OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.X64
        ? OpenStreamMacX64(folder) : OpenStreamOf(folder);

    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    private static partial nint OpenStreamOf(int folder);

    [LibraryImport("libc", EntryPoint = "fdopendir$INODE64", SetLastError = true)]
    private static partial nint OpenStreamMacX64(int folder);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    private static partial byte* ReadEntry(nint stream);

    [LibraryImport("libc", EntryPoint = "readdir$INODE64", SetLastError = true)]
    private static partial byte* ReadEntryMacX64(nint stream);

    [LibraryImport("libc", EntryPoint = "closedir", SetLastError = true)]
    private static partial int CloseStream(nint stream);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Custom,
        StringMarshallingCustomType = typeof(FileNameMarshaller))]
    private static partial nint ReadLink(int folder, string path, byte* buffer, nuint size);
}
