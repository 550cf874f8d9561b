using OpenClaw.Hosting;

namespace OpenClaw.Standalone;

/// <summary>
/// The folder of everything this process keeps: readable by its owner only, and held by one process at a time. The hold is a
/// file lock of the system, so it is gone with the process, however that ended.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly FileStream gate;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        gate = held;
    }

    public string Path { get; }
    public string Database => System.IO.Path.Combine(Path, "openclaw.db");
    public string Clock => System.IO.Path.Combine(Path, "clock");
    public string Tokens => System.IO.Path.Combine(Path, "tokens");

    public static DataFolder Open(string path)
    {
        try
        {
            EnsureExists(path);
            return new DataFolder(path, OpenLock(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CreateError($"The data folder {path} can't be used: {error.Message}");
        }
    }

    public void Dispose() => gate.Dispose();

    private static void EnsureExists(string path)
    {
        var isNew = !Directory.Exists(path);
        if (isNew && !OperatingSystem.IsWindows()) Directory.CreateDirectory(path, OwnerOnly);
        else if (isNew) Directory.CreateDirectory(path);
        else if (!IsOurs(path)) throw CreateError($"{path} holds files of somebody else's. Choose a new or empty folder with --data.");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnerOnly);
    }

    private static bool IsOurs(string path) =>
        File.Exists(GetLockPath(path)) || !Directory.EnumerateFileSystemEntries(path).Any();

    private static FileStream OpenLock(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new FileStream(GetLockPath(path), options);
        }
        catch (IOException)
        {
            throw CreateError($"Another OpenClaw process uses the data folder {path}. Stop it, or choose another folder with --data.");
        }
    }

    private static string GetLockPath(string path) => System.IO.Path.Combine(path, "lock");

    private static StartupException CreateError(string sentence) => new(StartupException.Store, sentence);
}
