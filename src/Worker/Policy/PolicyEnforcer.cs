using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy.Hooks;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Policy;

/// <summary>What the policy has to do with an attempt, from the offer to its end.</summary>
internal sealed class PolicyEnforcer(PolicyGate gate, TimeProvider clock, WorkerLog log)
{
    private readonly HookRunner hooks = new(gate.User, clock, log);
    private readonly SandboxProbe probe = new(clock);

    /// <summary>What the policy says of an offer, before the start is asked for.</summary>
    public async Task<(OwnerPolicy Policy, ExplainedVerdict Judgement)> JudgeOffer(Offer offer)
    {
        var (policy, _, judgement) = await gate.JudgeOffer(offer);
        return (policy, judgement);
    }

    /// <summary>The offer as this PC takes it: the policy only lowers.</summary>
    public Offer LowerLimits(Offer offer) =>
        offer with { Timeout = (long)gate.Policy.Limits.LowerTimeout(TimeSpan.FromMilliseconds(offer.Timeout)).TotalMilliseconds };

    /// <summary>
    /// The last word before the executor: judged once more, and the owner's own hook. Null: it may run under the policy that is named. What
    /// runs already was let in by the daemon before this one.
    /// </summary>
    public async Task<(OwnerPolicy Policy, Verdict? Rejection)> CheckBeforeExecution(HeldAttempt held)
    {
        if (held.RecoveredSupervisors is not null) return (gate.Policy, null);
        try
        {
            return await JudgeAgain(held);
        }
        catch (OperationCanceledException) when (held.Stop.Why != StopReason.None)
        {
            return (gate.Policy, null);
        }
    }

    private async Task<(OwnerPolicy Policy, Verdict? Rejection)> JudgeAgain(HeldAttempt held)
    {
        var (policy, _, judgement) = await gate.JudgeOffer(held.Offer, held.Stop.Token);
        var verdict = judgement.Permission;
        var no = verdict.Kind == VerdictKind.Rejected
            || (verdict.Kind == VerdictKind.NeedsApproval && held.Approval?.Covers(judgement) is not true);
        return (policy, no ? verdict : await hooks.RunBefore(policy.Before, held.Offer, held.Stop));
    }

    /// <summary>What every program of the attempt passes that does not run already.</summary>
    public ProcessSandbox CreateSandbox(HeldAttempt held, OwnerPolicy policy, IReadOnlyCollection<string> ownersVariables) =>
        new(gate, probe, held.Offer, policy, ownersVariables) { RunningPrograms = held.RecoveredSupervisors?.Count ?? 0 };

    /// <summary>Tells the owner's hook how it ended.</summary>
    public Task RunAfterHook(Offer offer, OwnerPolicy policy, ExecutionResult end) => hooks.RunAfter(policy.After, offer, end);
}
