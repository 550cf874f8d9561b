using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy.Rules;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Policy;

/// <summary>A program as it may be started, or the verdict that it may not.</summary>
internal readonly record struct Confined(ProcessSpec? Spec, Verdict? Refusal)
{
    public static implicit operator Confined(ProcessSpec spec) => new(spec, null);

    public static implicit operator Confined(Verdict refusal) => new(null, refusal);
}

/// <summary>
/// The one place every program of a task passes before it is started, whoever starts it: the task is judged again when the policy has changed,
/// the environment is scrubbed, limits are lowered, the user is changed and the sandbox put around it.
/// </summary>
internal sealed class Confinement(PolicyGate gate, SandboxProbe probe, Offer offer, OwnerPolicy judged, IReadOnlyCollection<string> ownersVariables)
{
    /// <summary>The rule by which a sandbox that can't be had refuses.</summary>
    public const string NoSandbox = "sandbox-unavailable";
    private const string SandboxRule = "sandbox";

    /// <summary>How many programs run already, under a supervisor: these are taken up, not started.</summary>
    public int Running { get; set; }

    /// <summary>Throws when cancelled.</summary>
    public async Task<Confined> Apply(ProcessSpec spec, CancellationToken cancellation = default)
    {
        if (Running > 0)
        {
            Running--;
            return spec;
        }
        var (policy, request, judgement) = await gate.Judge(offer, cancellation).ConfigureAwait(false);
        var verdict = judgement.Permission;
        // What was approved was approved under the policy of then; under another one it is asked for again, by another attempt.
        if (verdict.Kind == VerdictKind.Rejected || (verdict.Kind == VerdictKind.NeedsApproval && policy.Digest != judged.Digest))
            return Verdict.Rejected(verdict.Rule, $"the policy changed meanwhile: {verdict.Sentence}");
        var answer = await gate.FileSystem.Ask(
            () => Confine(spec, policy, request).GetAwaiter().GetResult(), FileSystemCalls.Patience, cancellation).ConfigureAwait(false);
        return answer.Came ? answer.Value : Verdict.Unanswered;
    }

    /// <summary>Looks at the folders of task and policy, which may be where nothing answers.</summary>
    private async Task<Confined> Confine(ProcessSpec spec, OwnerPolicy policy, WorkRequest request)
    {
        var folder = policy.RunAs is { } user && spec.WorkingDirectory == gate.User.Home ? user.Home : spec.WorkingDirectory;
        // Without a policy nothing has to be looked at here: the task waits for its folder itself.
        if ((policy.Digest.Length == 0 ? folder : RealPath.Of(Path.GetFullPath(folder))) is not { } real)
            return Verdict.Rejected("roots.run", $"the links of {folder} lead in a circle");
        if (policy.Folders?.Look(new NamedPath(folder, real)) is { } outside)
            return outside;
        // A sandbox shows all of them.
        if ((policy.Sandbox is null ? policy.Roots.FindFaultAt(real) : policy.Roots.Faults.FirstOrDefault()) is { } changed)
            return Verdict.Rejected(RootIdentities.Rule, changed);
        var confined = spec with
        {
            Argv = Pinned(spec.Argv, policy, request),
            Environment = Scrub(spec.Environment, policy, request),
            WorkingDirectory = policy.Folders is null ? folder : real,
            Limits = ProcessLimits.Lowest(spec.Limits, policy.Limits.Processes),
        };
        return policy.Sandbox is { } sandbox
            ? await ShutIn(confined, policy, sandbox).ConfigureAwait(false)
            : AsUser(confined, policy);
    }

    /// <summary>With an allow-list the file that was judged is the file that is started, whatever PATH the task brings.</summary>
    private static IReadOnlyList<string> Pinned(IReadOnlyList<string> argv, OwnerPolicy policy, WorkRequest request) =>
        policy.Commands.Allow is not null && request.Found is { } file && request.Argv is { } asked && argv.SequenceEqual(asked)
            ? [file, .. argv.Skip(1)]
            : argv;

    private Dictionary<string, string> Scrub(IReadOnlyDictionary<string, string> environment, OwnerPolicy policy, WorkRequest request)
    {
        var rules = policy.Environment;
        var result = new Dictionary<string, string>(UserEnvironment.NameComparer);
        foreach (var (name, value) in environment)
        {
            // What the task sets was judged; what the owner's settings set for this kind is his own choice.
            if (name is ProcessMarker.TaskVariable or ProcessMarker.AttemptVariable or "TRACEPARENT"
                || ownersVariables.Contains(name) || (request.Variables.Contains(name) && !rules.Denies(name)) || rules.Passes(name)
                || (PresetVariables.Contains(name, value) && !rules.Denies(name)))
                result[name] = value;
        }
        policy.RunAs?.Describe(result);
        foreach (var (name, value) in rules.Set)
            result[name] = value;
        return result;
    }

    private async Task<Confined> ShutIn(ProcessSpec spec, OwnerPolicy policy, SandboxProfile profile)
    {
        if (!OperatingSystem.IsLinux())
            return Verdict.Rejected(NoSandbox, "the policy wants a sandbox, which there is on Linux only");
        if ((profile.Program ?? SystemProgram.Find("bwrap")) is not { } bubblewrap || !File.Exists(bubblewrap))
            return Verdict.Rejected(NoSandbox, "the policy wants a sandbox, but bubblewrap (bwrap) is not installed here");
        var home = policy.RunAs?.Home ?? gate.User.Home;
        var place = new SandboxPlace(
            RealPath.Of(home) ?? home, policy.Files.Closed, policy.Folders?.Read ?? [], policy.Folders?.Write ?? [], policy.Limits.Disk);
        // Closed folders are hidden by path: one that was moved would be visible.
        if (policy.Files.FindMoved(BubbleWrap.HiddenFolders(profile, place)) is { } moved)
            return Verdict.Rejected(FileRoots.OwnRule, $"{moved} is not the folder it was when the worker read its policy");
        if (!BubbleWrap.Shows(profile, place, spec.WorkingDirectory))
            return Verdict.Rejected(SandboxRule, $"the folder {spec.WorkingDirectory} can't be seen in the sandbox");
        if (FileOf(spec) is { } program && !BubbleWrap.Shows(profile, place, program))
            return Verdict.Rejected(SandboxRule, $"the program {program} can't be seen in the sandbox; sandbox.read can name its folder");
        List<string>? inherited = await probe.TakesFolders(bubblewrap).ConfigureAwait(false) ? [] : null;
        string[] around = [bubblewrap, .. BubbleWrap.Arguments(profile, place, spec.WorkingDirectory, Look, inherited)];
        var shutIn = spec with
        {
            Argv = policy.RunAs is { } user ? user.Before(around) ?? around : around,
            Folders = [.. (inherited ?? []).Select(path => new InheritedFolder(path, policy.Roots.IdentityOf(path)))],
        };
        if (await probe.Try(shutIn).ConfigureAwait(false) is { } failure)
            return Verdict.Rejected(NoSandbox, $"the sandbox can't be made: {failure}");
        return AsUser(shutIn with { Argv = [.. around, .. spec.Argv] }, policy);
    }

    private static Confined AsUser(ProcessSpec spec, OwnerPolicy policy)
    {
        if (policy.RunAs is not { } user)
            return spec;
        return user.Before(spec.Argv) is { } argv
            ? spec with { Argv = argv }
            : Verdict.Rejected("runAs", "the policy wants another user, but setpriv (util-linux) is not installed here");
    }

    private static string? FileOf(ProcessSpec spec) =>
        OperatingSystem.IsWindows() || Processes.Unix.ProgramPath.Find(spec) is not { } file ? null
            : RealPath.Of(Path.GetFullPath(file, spec.WorkingDirectory));

    private static (bool Exists, string? LinkTarget) Look(string path) => (Path.Exists(path), new FileInfo(path).LinkTarget);
}
