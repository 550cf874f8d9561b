using System.Security.Cryptography;

namespace OpenClaw.Worker;

/// <summary>The daemon's own folder, held by one daemon at a time: its instance id, its journal, its spool, the owner's settings.</summary>
internal sealed class HomeFolder : IDisposable
{
    /// <summary>Folder of the audit log.</summary>
    public const string AuditName = "audit";
    private readonly FileStream heldLock;

    private HomeFolder(string path, FileStream heldLock, string instance)
    {
        (this.heldLock, Instance) = (heldLock, instance);
        Journal = Make(Path.Combine(path, "journal"));
        Spool = Make(Path.Combine(path, "spool"));
        Attempts = Make(Path.Combine(path, "attempts"));
        Door = Path.Combine(path, "door");
        Approvals = Make(Path.Combine(path, "approvals"));
        Audit = Path.Combine(path, AuditName);
        HourRules = Path.Combine(path, "approval-rules.json");
        Pause = Path.Combine(path, "pause");
        Logs = Path.Combine(path, "logs");
    }

    /// <summary>Secret, stable: by it a restarted daemon takes its own session over at once.</summary>
    public string Instance { get; }
    public string Journal { get; }
    public string Spool { get; }
    /// <summary>A folder for each attempt under supervision.</summary>
    public string Attempts { get; }
    /// <summary>The socket where supervisors find the daemon that lives.</summary>
    public string Door { get; }
    /// <summary>Offers that wait for the owner's yes.</summary>
    public string Approvals { get; }
    /// <summary>The owner's record of what ran.</summary>
    public string Audit { get; }
    /// <summary>The owner's yes for a while.</summary>
    public string HourRules { get; }
    /// <summary>There while the owner wants no work.</summary>
    public string Pause { get; }
    public string Logs { get; }

    /// <summary>Null and a sentence when it can't be used, or another daemon uses it.</summary>
    public static (HomeFolder? Home, string? Error) Open(string path)
    {
        FileStream? taken = null;
        try
        {
            Make(path);
            taken = TryLock(Path.Combine(path, "lock"));
            return taken is null
                ? (null, $"another worker already uses the folder {path}; give this one its own with OPENCLAW_WORKER_HOME")
                : (new HomeFolder(path, taken, InstanceOf(Path.Combine(path, "instance"))), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            taken?.Dispose();
            return (null, $"the folder {path} can't be used: {error.Message}");
        }
    }

    public void Dispose() => heldLock.Dispose();

    internal static string Make(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path).FullName
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    private static FileStream? TryLock(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    private static string InstanceOf(string path)
    {
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: 32 } known)
            return known;
        var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        OpenClaw.Worker.Attempts.DurableFile.Write(path, System.Text.Encoding.ASCII.GetBytes(made));
        return made;
    }
}
