using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy.Hooks;
using OpenClaw.Worker.Policy.Sandbox;

namespace OpenClaw.Worker.Policy;

/// <summary>What the policy does to an attempt, beside its verdict: lower limits, hooks, the sandbox of each program.</summary>
internal sealed class PolicyEnforcer(PolicyGate gate, TimeProvider clock, WorkerLog log)
{
    private readonly HookRunner hooks = new(gate.User, clock, log);
    private readonly SandboxProbe probe = new(clock);

    /// <summary>The policy as of now.</summary>
    public OwnerPolicy Current => gate.Policy;

    /// <summary>The offer as this PC takes it: the policy only lowers.</summary>
    public Offer LowerLimits(Offer offer) =>
        offer with { Timeout = (long)gate.Policy.Limits.LowerTimeout(TimeSpan.FromMilliseconds(offer.Timeout)).TotalMilliseconds };

    /// <summary>Asks the owner's hook; null: it may run.</summary>
    public Task<Verdict?> RunBeforeHook(OwnerPolicy policy, HeldAttempt held) => hooks.RunBefore(policy.Before, held.Offer, held.Stop);

    /// <summary>What every program of the attempt passes that does not run already.</summary>
    public ProcessSandbox CreateSandbox(HeldAttempt held, OwnerPolicy policy, IReadOnlyCollection<string> ownersVariables) =>
        new(gate, probe, held.Offer, policy, ownersVariables) { RunningPrograms = held.RecoveredSupervisors?.Count ?? 0 };

    /// <summary>Tells the owner's hook how it ended.</summary>
    public Task RunAfterHook(Offer offer, OwnerPolicy policy, ExecutionResult end) => hooks.RunAfter(policy.After, offer, end);
}
