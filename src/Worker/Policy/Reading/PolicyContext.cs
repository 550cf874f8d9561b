using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Services.Platforms;

namespace OpenClaw.Worker.Policy.Reading;

/// <summary>What the policy's reader must know of the PC: its texts mean something only here.</summary>
internal sealed record PolicyContext
{
    /// <summary>The person's home: <c>~</c>.</summary>
    public required string Home { get; init; }
    public required string WorkerHome { get; init; }
    /// <summary>Folders beside it that no file task may touch and no sandbox shows: OpenClaw's others keep their secrets there.</summary>
    public IReadOnlyList<string> Closed { get; init; } = [];
    /// <summary>The worker is root on Linux, so it can run programs as another user.</summary>
    public bool IsRoot { get; init; }
    /// <summary>
    /// Which folders the roots were when a daemon first read the policy with this digest; see <see cref="RootIdentityStore"/>.
    /// </summary>
    public Func<string, IReadOnlyDictionary<string, FileIdentity>> Remembered { get; init; } = _ => new Dictionary<string, FileIdentity>();
    /// <summary>A user the system knows; null: it does not.</summary>
    public Func<string, RunAsUser?> FindUser { get; init; } = _ => null;

    /// <summary>All folders of OpenClaw's own.</summary>
    public IReadOnlyList<string> AllClosed => [WorkerHome, .. Closed];

    /// <summary>This PC, as it is.</summary>
    public static PolicyContext CreateForThisPc(string workerHome, IReadOnlyList<string>? closed = null)
    {
        var linux = OperatingSystem.IsLinux();
        var home = UserAccount.GetCurrent().Home ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return new PolicyContext
        {
            Home = home,
            WorkerHome = Path.GetFullPath(workerHome),
            Closed =
            [
                WorkerArguments.ChooseHome(_ => null, home), SystemdService.SystemSettings, SystemdService.SystemHome, .. closed ?? [],
            ],
            Remembered = digest => RootIdentityStore.Load(workerHome, digest),
            IsRoot = linux && Native.GetUid() == 0,
            FindUser = name => linux ? RunAsUser.FindByName(name) : null,
        };
    }
}
