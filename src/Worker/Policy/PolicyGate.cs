using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy.Hooks;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Policy;

/// <summary>Judges offered tasks by the policy file as it is now, and limits how many tasks run at once.</summary>
internal sealed class PolicyGate(PolicyKeeper keeper, UserEnvironment user, string workerHome, TimeProvider clock)
{
    /// <summary>Short, because the file is read again soon in any case.</summary>
    private static readonly TimeSpan ReloadTimeout = TimeSpan.FromSeconds(1);
    private int known = ComputeCapacity(keeper.Current, clock, int.MaxValue);

    /// <summary>The policy as of now.</summary>
    public OwnerPolicy Policy => keeper.Current;

    /// <summary>Why the policy file as it is now is not that policy. The file is looked at first.</summary>
    public IReadOnlyList<string> FileErrors
    {
        get
        {
            FileSystem.RunWithTimeout(keeper.ReloadFile, keeper.Current, ReloadTimeout);
            return keeper.FileErrors;
        }
    }

    /// <summary>The person whose environment, home and shell the tasks have.</summary>
    public UserEnvironment User => user;

    /// <summary>Looks at the folders that tasks and the policy name, with a timeout.</summary>
    public FileSystemCalls FileSystem { get; } = new(FileSystemCalls.MaxHangingForTasks, clock);

    /// <summary>Looks at signatures where the policy says so; null: a look at the policy alone, without a task that could run.</summary>
    public SignatureJudge? Signatures { get; init; }

    /// <summary>The worker's own folder, without links.</summary>
    public string WorkerHome { get; } = RealPath.ResolveLinks(Path.GetFullPath(workerHome)) ?? workerHome;

    /// <summary>
    /// The verdict about a task, and the policy that gave it. The policy file is read again first; a task whose folder is on a file system
    /// that does not answer is rejected.
    /// </summary>
    public async Task<(OwnerPolicy Policy, PolicyInput Request, ExplainedVerdict Judgement)> JudgeOffer(
        Offer offer, CancellationToken cancellation = default)
    {
        for (var own = user.Known; ; own = await user.GetVariables().WaitAsync(cancellation))
        {
            var answer = await FileSystem.RunWithTimeout(() => JudgeWithEnvironment(offer, own), FileSystemCalls.DefaultTimeout,
                cancellation);
            if (answer is { Completed: true, Value: { } status }) return status;
            if (!answer.Completed) return JudgeUnanswered(offer);
        }
    }

    /// <summary>How many tasks at once, of so many the worker could run: none in quiet hours.</summary>
    public int GetCapacity(int most) => ComputeCapacity(Policy, clock, most);

    /// <summary>
    /// Reads the file again; true when the capacity, by the file or the time of day, is another than at the last call.
    /// </summary>
    public async Task<bool> CheckForChange()
    {
        await FileSystem.RunWithTimeout(keeper.ReloadFile, ReloadTimeout);
        var now = GetCapacity(int.MaxValue);
        return Interlocked.Exchange(ref known, now) != now;
    }

    /// <summary>The task as the policy sees it.</summary>
    public async Task<PolicyInput> BuildInput(OwnerPolicy policy, Offer offer) =>
        BuildInput(policy, offer, policy.Commands.Allow is null ? null : await user.GetVariables());

    /// <summary>
    /// Null: the person's PATH is needed and not known yet. Only an allow-list asks for programs; else the login shell need not be asked.
    /// </summary>
    private (OwnerPolicy Policy, PolicyInput Request, ExplainedVerdict Judgement)? JudgeWithEnvironment(
        Offer offer, IReadOnlyDictionary<string, string>? own)
    {
        var policy = keeper.ReloadFile();
        if (policy.Commands.Allow is not null && own is null) return null;
        // What is judged is what runs: the payload that was signed, not the copy of it.
        var signature = Signatures?.JudgeOffer(offer, policy);
        var judged = signature?.Payload is { } signed ? offer with { Payload = signed } : offer;
        var request = BuildInput(policy, judged, own) with { Signature = signature };
        return (policy, request, policy.ExplainVerdict(request));
    }

    /// <summary>Without a policy no path has to be looked at: a task waits for its folder itself, as long as it has time.</summary>
    private PolicyInput BuildInput(OwnerPolicy policy, Offer offer, IReadOnlyDictionary<string, string>? own) =>
        PolicyInputBuilder.FromOffer(
            offer,
            user.Home,
            clock.GetLocalNow(),
            name => own is null ? null : FindProgram(own, policy, name),
            policy.Digest.Length == 0 ? path => path : RealPath.ResolveLinks);

    private (OwnerPolicy Policy, PolicyInput Request, ExplainedVerdict Judgement) JudgeUnanswered(Offer offer)
    {
        var policy = keeper.Current;
        var request = PolicyInputBuilder.FromOffer(offer, user.Home, clock.GetLocalNow(), _ => null, path => path);
        Verdict[] findings = policy.Digest.Length == 0 ? [] : [Verdict.Unanswered];
        return (policy, request, new ExplainedVerdict(findings.FirstOrDefault() ?? Verdict.Allowed, findings));
    }

    private static int ComputeCapacity(OwnerPolicy policy, TimeProvider clock, int most) =>
        policy.IsQuiet(clock.GetLocalNow()) ? 0 : Math.Min(most, policy.Limits.Concurrency ?? most);

    /// <summary>
    /// The file that a name means for an allow-list: in the person's PATH. The task's own PATH is not asked: it would choose the program.
    /// </summary>
    public string? FindProgram(IReadOnlyDictionary<string, string> environment, OwnerPolicy policy, string name) =>
        OperatingSystem.IsWindows() ? null : ProgramPath.FindFile(new ProcessSpec
        {
            Argv = [name],
            Environment = policy.Environment.Set.TryGetValue("PATH", out var path)
                ? new Dictionary<string, string> { ["PATH"] = path } : environment,
            WorkingDirectory = user.Home,
        });
}

/// <summary>What the policy does to an attempt, beside its verdict: lower limits, hooks, the sandbox of each program.</summary>
internal sealed class PolicyEnforcer(PolicyGate gate, TimeProvider clock, WorkerLog log)
{
    private readonly HookRunner hooks = new(gate.User, clock, log);
    private readonly SandboxProbe probe = new(clock);

    /// <summary>The policy as of now.</summary>
    public OwnerPolicy Current => gate.Policy;

    /// <summary>The person whose environment, home and shell the tasks have.</summary>
    public UserEnvironment User => gate.User;

    /// <summary>The offer as this PC takes it: the policy only lowers.</summary>
    public Offer LowerLimits(Offer offer) =>
        offer with { Timeout = (long)gate.Policy.Limits.LowerTimeout(TimeSpan.FromMilliseconds(offer.Timeout)).TotalMilliseconds };

    /// <summary>Asks the owner's hook; null: it may run.</summary>
    public Task<Verdict?> RunBeforeHook(OwnerPolicy policy, HeldAttempt held) => hooks.RunBefore(policy.Before, held.Offer, held.Stop);

    /// <summary>What every program of the attempt passes that does not run already.</summary>
    public ProcessSandbox CreateSandbox(HeldAttempt held, OwnerPolicy policy, IReadOnlyCollection<string> ownersVariables) =>
        new(gate, probe, held.Offer, policy, ownersVariables)
        {
            RunningPrograms = held.RecoveredSupervisors?.Count ?? 0,
            // A yes for a while, or a policy that asks no more, is about no file.
            Binding = held.Approval is { Rules: null } ? held.Binding : WorkBinding.None,
        };

    /// <summary>Tells the owner's hook how it ended.</summary>
    public Task RunAfterHook(Offer offer, OwnerPolicy policy, ExecutionResult end) => hooks.RunAfter(policy.After, offer, end);
}
