using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace OpenClaw.Hosting;

/// <summary>Small files for their owner's eyes only, that servers which share a folder may want to make at the same moment.</summary>
internal static partial class PrivateFile
{
    private const int Exists = 17;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void EnsureFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>
    /// Makes the file, whole or not at all, unless there is one. Of many that do so at once exactly one makes it; the others have nothing
    /// of theirs left, and find the whole file of the one.
    /// </summary>
    public static bool TryCreate(string path, string text)
    {
        var beside = WriteBeside(path, text);
        try
        {
            return TryGiveName(beside, path);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>Makes the file, or puts it in the place of the one that is there. A reader has the whole of one or the other.</summary>
    public static void Replace(string path, string text) => File.Move(WriteBeside(path, text), path, overwrite: true);

    /// <summary>
    /// A second name for the file, which one alone can give. File.Move without overwrite is no such thing on Unix: it looks, and then
    /// renames over what came meanwhile. A file system without second names has only that.
    /// </summary>
    private static bool TryGiveName(string beside, string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (CreateLink(beside, path) == 0) return true;
            if (Marshal.GetLastPInvokeError() == Exists) return false;
        }
        try
        {
            File.Move(beside, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    /// <summary>By chance: servers in containers that share a volume have the same process ids.</summary>
    private static string WriteBeside(string path, string text)
    {
        var beside = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var stream = new FileStream(beside, options);
        stream.Write(Encoding.ASCII.GetBytes(text));
        stream.Flush(flushToDisk: true);
        return beside;
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateLink(string from, string to);
}
