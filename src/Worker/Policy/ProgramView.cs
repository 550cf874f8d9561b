using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Policy;

/// <summary>
/// The PC as a program of a task sees it under the policy: which variables it gets, in which folder it begins, which files it can reach.
/// The one place for it: what a yes is bound to has to be looked up as the program itself would.
/// </summary>
internal sealed class ProgramView(OwnerPolicy policy, UserEnvironment user)
{
    private readonly SandboxPaths? place = policy.Sandbox is null ? null : FindPaths(policy, user);

    /// <summary>Where things are for the sandbox of a policy. Looks at the home folder.</summary>
    public static SandboxPaths FindPaths(OwnerPolicy policy, UserEnvironment user)
    {
        var home = policy.RunAs?.Home ?? user.Home;
        return new SandboxPaths(
            RealPath.ResolveLinks(home) ?? home, policy.Files.Closed, policy.Folders?.Read ?? [], policy.Folders?.Write ?? [],
            policy.Limits.Disk);
    }

    /// <summary>The folder it begins in, by the one that was named. Pure.</summary>
    public string ChooseFolder(string named) => policy.RunAs is { } other && named == user.Home ? other.Home : named;

    /// <summary>The variables that reach it. Pure.</summary>
    /// <param name="environment">The person's, with what the task and the owner's settings set.</param>
    /// <param name="tasks">Names that the task sets.</param>
    /// <param name="owners">Names that the owner's settings set for its kind.</param>
    public Dictionary<string, string> ScrubEnvironment(
        IReadOnlyDictionary<string, string> environment, IReadOnlyCollection<string> tasks, IReadOnlyCollection<string> owners)
    {
        var rules = policy.Environment;
        var result = new Dictionary<string, string>(UserEnvironment.NameComparer);
        foreach (var (name, value) in environment)
        {
            // What the task sets was judged; what the owner's settings set for this kind is his own choice.
            if (name is ProcessMarker.TaskVariable or ProcessMarker.AttemptVariable or "TRACEPARENT"
                || owners.Contains(name) || (tasks.Contains(name) && !rules.Denies(name)) || rules.Passes(name)
                || (PresetVariables.Contains(name, value) && !rules.Denies(name)))
                result[name] = value;
        }
        policy.RunAs?.SetVariables(result);
        foreach (var (name, value) in rules.Set)
            result[name] = value;
        return result;
    }

    /// <summary>Whether a program that is named without its folder is found at this path: a sandbox does not show all of the PC.</summary>
    public bool Shows(string path) => place is null || (IsShown(path) && RealPath.ResolveLinks(path) is { } real && IsShown(real));

    /// <summary>
    /// Why it is not known whether the program finds this one where another one is named alike: it runs as another user than the worker,
    /// and may start less. Null: it does.
    /// </summary>
    public string? FindDoubt(string path) => policy.RunAs is not { } other || CanEverybodyStart(path) ? null
        : $"whether {other.Name} may start {path}, or finds another one, is known only when it runs";

    private bool IsShown(string path) => BubbleWrap.IsVisible(policy.Sandbox!, place!, Path.GetFullPath(path));

    private static bool CanEverybodyStart(string path)
    {
        if (OperatingSystem.IsWindows()) return false;
        for (var at = RealPath.ResolveLinks(Path.GetFullPath(path)); at is not null; at = Path.GetDirectoryName(at))
            if (!File.GetUnixFileMode(at).HasFlag(UnixFileMode.OtherExecute)) return false;
        return true;
    }
}
