using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Masking;
using OpenClaw.Worker.Policy.Rules;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Arguments;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Policy;

/// <summary>
/// Runs the programs of one task under the owner's policy: each passes the <paramref name="sandbox"/> before <paramref name="runner"/> gets
/// it. All that an executor can start a program by.
/// </summary>
internal sealed class SandboxedRunner(IProcessRunner runner, ProcessSandbox sandbox, AttemptMask mask) : IProcessRunner
{
    /// <summary>
    /// Set when the owner's policy did not let a program start, or no attempt could start it on this PC: this one is rejected, whatever its
    /// executor makes of it.
    /// </summary>
    public Verdict? Rejection { get; private set; }

    public async Task<ProcessEnd> RunProgram(ProcessSpec spec, IOutputSink output, AttemptStop stop, TimeSpan killGrace)
    {
        var sandboxed = await ApplySandbox(spec, stop);
        if (sandboxed.Spec is not { } ready)
        {
            Rejection = sandboxed.Rejection;
            return Rejection is null ? ProcessEnd.NotStarted : new ProcessEnd { StartError = Rejection.Sentence };
        }
        mask.AddVariables(ready.Environment);
        var end = await runner.RunProgram(ready, output, stop, killGrace);
        if (end.TooLarge) Rejection = Verdict.Rejected(ArgumentSize.TooLarge, end.StartError!);
        return end;
    }

    /// <summary>An empty result when the attempt was stopped meanwhile.</summary>
    private async Task<SandboxResult> ApplySandbox(ProcessSpec spec, AttemptStop stop)
    {
        try
        {
            return await sandbox.Apply(spec, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Why != StopReason.None)
        {
            return default;
        }
    }
}

/// <summary>A program as it may be started, or the verdict that it may not.</summary>
internal readonly record struct SandboxResult(ProcessSpec? Spec, Verdict? Rejection)
{
    public static implicit operator SandboxResult(ProcessSpec spec) => new(spec, null);

    public static implicit operator SandboxResult(Verdict rejection) => new(null, rejection);
}

/// <summary>
/// The one place every program of a task passes before it is started, whoever starts it: the task is judged again when the policy has
/// changed, the environment is scrubbed, limits are lowered, the user is changed and the sandbox put around it.
/// </summary>
internal sealed class ProcessSandbox(
    PolicyGate gate, SandboxProbe probe, Offer offer, OwnerPolicy judged, IReadOnlyCollection<string> ownersVariables)
{
    /// <summary>How many programs run already, under a supervisor: these are taken up, not started.</summary>
    public int RunningPrograms { get; set; }

    /// <summary>The files that the owner said yes to; none: to no file.</summary>
    public WorkBinding Binding { get; init; } = WorkBinding.None;

    public async Task<SandboxResult> Apply(ProcessSpec spec, CancellationToken cancellation = default)
    {
        if (RunningPrograms > 0)
        {
            RunningPrograms--;
            return spec;
        }
        var (policy, request, judgement) = await gate.JudgeOffer(offer, cancellation);
        var verdict = judgement.Permission;
        // What was approved was approved under the policy of then; under another one it is asked for again, by another attempt.
        if (verdict.Kind == VerdictKind.Rejected || (verdict.Kind == VerdictKind.NeedsApproval && policy.Digest != judged.Digest))
            return Verdict.Rejected(verdict.Rule, $"the policy changed meanwhile: {verdict.Sentence}");
        var answer = await gate.FileSystem.RunWithTimeout(() => PrepareSpec(spec, policy, request), FileSystemCalls.DefaultTimeout,
            cancellation);
        var wrapped = answer.Completed ? answer.Value : Verdict.Unanswered;
        if (wrapped.Spec is { } bare && policy.Sandbox is { } profile)
            wrapped = await new SandboxWrapper(gate, probe, policy, profile).WrapProgram(bare, cancellation);
        return wrapped.Spec is { } ready ? ApplyUser(ready, policy) : wrapped;
    }

    /// <summary>Looks at the folders of task and policy, which may be where nothing answers.</summary>
    private SandboxResult PrepareSpec(ProcessSpec spec, OwnerPolicy policy, PolicyInput request)
    {
        var view = new ProgramView(policy, gate.User);
        var folder = view.ChooseFolder(spec.WorkingDirectory);
        // Without a policy nothing has to be looked at here: the task waits for its folder itself.
        if ((policy.Digest.Length == 0 ? folder : RealPath.ResolveLinks(Path.GetFullPath(folder))) is not { } real)
            return Verdict.Rejected("roots.run", $"the symbolic links of {folder} form a loop");
        if (policy.Folders?.FindObjection(new NamedPath(folder, real)) is { } outside) return outside;
        // A sandbox shows all of them.
        if ((policy.Sandbox is null ? policy.Roots.FindErrorAt(real) : policy.Roots.Errors.FirstOrDefault()) is { } changed)
            return Verdict.Rejected(RootIdentities.Rule, changed);
        var argv = PinProgram(spec.Argv, policy, request);
        if (FindUnbound(policy, request) is { } open) return open;
        if (Binding.FindDrift() is { } drift) return Verdict.Rejected(WorkBinding.DriftRule, drift);
        if (Binding.PinProgram(argv) is not { } bound)
            return Verdict.Rejected(WorkBinding.DriftRule, $"{argv[0]} is what would run now, and another file was approved");
        return spec with
        {
            Argv = bound,
            Environment = view.ScrubEnvironment(spec.Environment, request.Variables, ownersVariables),
            WorkingDirectory = policy.Folders is null ? folder : real,
            Limits = ProcessLimits.GetStricter(spec.Limits, policy.Limits.Processes),
        };
    }

    /// <summary>A rule that takes nothing unbound sees by the words alone what is; what was not there to be bound is known here.</summary>
    private Verdict? FindUnbound(OwnerPolicy policy, PolicyInput request) => Binding.Unbound is not { } why ? null
        : policy.Approval.Select(rule => rule.FindObjection(request, why)).FirstOrDefault(found => found is { Kind: VerdictKind.Rejected });

    /// <summary>With an allow-list the file that was judged is the file that is started, whatever PATH the task brings.</summary>
    private static IReadOnlyList<string> PinProgram(IReadOnlyList<string> argv, OwnerPolicy policy, PolicyInput request) =>
        policy.Commands.Allow is not null && request.Found is { } file && request.Argv is { } asked && argv.SequenceEqual(asked)
            ? [file, .. argv.Skip(1)]
            : argv;

    private static SandboxResult ApplyUser(ProcessSpec spec, OwnerPolicy policy)
    {
        if (policy.RunAs is not { } user) return spec;
        return user.WrapArguments(spec.Argv) is { } argv
            ? spec with { Argv = argv }
            : Verdict.Rejected("runAs", "the policy wants another user, but setpriv (util-linux) is not installed here");
    }
}
