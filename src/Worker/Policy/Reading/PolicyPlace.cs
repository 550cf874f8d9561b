using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Policy.Reading;

/// <summary>What the policy's reader must know of the PC: its texts mean something only here.</summary>
internal sealed record PolicyPlace
{
    /// <summary>The person's home: <c>~</c>.</summary>
    public required string Home { get; init; }
    /// <summary>The worker's own folder.</summary>
    public required string WorkerHome { get; init; }
    /// <summary>The worker is root on Linux, so it can run programs as another user.</summary>
    public bool IsRoot { get; init; }
    /// <summary>A user the system knows; null: it does not.</summary>
    public Func<string, OtherUser?> FindUser { get; init; } = _ => null;

    /// <summary>This PC, as it is.</summary>
    public static PolicyPlace Here(string workerHome)
    {
        var linux = OperatingSystem.IsLinux();
        return new PolicyPlace
        {
            Home = UserAccount.Current().Home ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            WorkerHome = Path.GetFullPath(workerHome),
            IsRoot = linux && Native.GetUid() == 0,
            FindUser = name => linux ? OtherUser.Find(name) : null,
        };
    }
}
