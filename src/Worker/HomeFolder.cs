using System.Globalization;
using System.Security.Cryptography;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker;

/// <summary>The daemon's own folder, held by one daemon at a time: its instance id, its journal, its spool, the owner's settings.</summary>
internal sealed class HomeFolder : IDisposable
{
    public const string AuditName = "audit";
    private const string LockName = "lock";
    private const string InstanceName = "instance";

    /// <summary>What is one daemon's own, by name; the rest is its owner's.</summary>
    public static readonly string[] DaemonOwnNames =
    [
        "identity.json", InstanceName, "journal", "spool", "attempts", "door", "approvals", "approval-rules.json", "pause", "clock",
        AuditName, AuditName + "-heard", "enrolment.json",
    ];

    private readonly FileStream heldLock;

    private HomeFolder(string path, FileStream heldLock, string instance)
    {
        (this.heldLock, Instance, Path) = (heldLock, instance, System.IO.Path.GetFullPath(path));
        Journal = PrivateFolder.Ensure(System.IO.Path.Combine(path, "journal"));
        Spool = PrivateFolder.Ensure(System.IO.Path.Combine(path, "spool"));
        Attempts = PrivateFolder.Ensure(System.IO.Path.Combine(path, "attempts"));
        SupervisorSocket = System.IO.Path.Combine(path, "door");
        Approvals = PrivateFolder.Ensure(System.IO.Path.Combine(path, "approvals"));
        Audit = System.IO.Path.Combine(path, AuditName);
        TemporaryApprovals = System.IO.Path.Combine(path, "approval-rules.json");
        SignedUses = System.IO.Path.Combine(path, "signed-uses");
        Pause = System.IO.Path.Combine(path, "pause");
        Clock = System.IO.Path.Combine(path, "clock");
        Logs = System.IO.Path.Combine(path, "logs");
    }

    public string Path { get; }

    /// <summary>Secret, stable: by it a restarted daemon is known to be the same.</summary>
    public string Instance { get; }

    public string Journal { get; }
    public string Spool { get; }
    /// <summary>A folder for each attempt under supervision.</summary>
    public string Attempts { get; }
    /// <summary>The socket where supervisors find the daemon that lives.</summary>
    public string SupervisorSocket { get; }
    /// <summary>Offers that wait for the owner's yes.</summary>
    public string Approvals { get; }
    /// <summary>The owner's record of what ran.</summary>
    public string Audit { get; }
    /// <summary>The owner's yes for a while.</summary>
    public string TemporaryApprovals { get; }
    /// <summary>Which signed tasks ran here. It stays when a copy of the home is claimed: they have run.</summary>
    public string SignedUses { get; }
    /// <summary>There while the owner wants no work.</summary>
    public string Pause { get; }
    /// <summary>The time of the owner's orders for a while.</summary>
    public string Clock { get; }
    public string Logs { get; }

    /// <summary>Null and a sentence when it can't be used, or another daemon uses it.</summary>
    public static (HomeFolder? Home, string? Error) Open(string path)
    {
        FileStream? taken = null;
        try
        {
            PrivateFolder.Ensure(path);
            taken = TryLock(System.IO.Path.Combine(path, LockName));
            return taken is null
                ? (null, $"another worker already uses the folder {path}; give this one its own with OPENCLAW_WORKER_HOME")
                : (new HomeFolder(path, taken, ReadOrMakeInstance(path)), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            taken?.Dispose();
            return (null, $"the folder {path} can't be used: {error.Message}");
        }
    }

    public void Dispose() => heldLock.Dispose();

    /// <summary>The instance of a folder; null: it has none. Throws IOException or UnauthorizedAccessException.</summary>
    public static string? ReadInstance(string path)
    {
        var file = System.IO.Path.Combine(path, InstanceName);
        return File.Exists(file) && File.ReadAllText(file).Trim() is { Length: 32 } known ? known : null;
    }

    /// <summary>
    /// Which file the lock of a folder is: another one in a copy. Not opened, for a daemon may hold it. Null: that can't be told, as where
    /// files have no number.
    /// </summary>
    public static string? ReadLockIdentity(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        try
        {
            using var folder = FolderHandle.Open(RealPath.ResolveLinks(path) ?? path);
            return folder.GetStatus(LockName) is { Type: not FileType.Missing, Identity: var file }
                ? string.Create(CultureInfo.InvariantCulture, $"{file.Device:x}-{file.Inode:x}-{file.Born:x}") : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static FileStream? TryLock(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    private static string ReadOrMakeInstance(string path)
    {
        if (ReadInstance(path) is { } known) return known;
        var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        OpenClaw.Worker.Attempts.DurableFile.Write(System.IO.Path.Combine(path, InstanceName), System.Text.Encoding.ASCII.GetBytes(made));
        return made;
    }
}
