using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts.Deadlines;
using OpenClaw.Worker.Attempts.Results;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>Phase 5: runs the executor of a started attempt under its clocks and makes the record of how it ended.</summary>
internal sealed class ExecutePhase(
    JudgePhase judge, PolicyEnforcer policies, ExecutorRunner executor, AttemptOutput outputs, AttemptFiles files, PipelineContext context)
{
    /// <inheritdoc cref="ExecutorRunner.PrepareEnvironment"/>
    public Task PrepareEnvironment(HeldAttempt held) => executor.PrepareEnvironment(held);

    /// <summary>Null when another attempt has taken its place: then no result is reported.</summary>
    public async Task<AttemptResult?> RunToResult(HeldAttempt held, OfferDecision decision)
    {
        var (offer, clock) = (held.Offer, context.Clock);
        var (policy, rejection) = await CheckBeforeExecution(held, decision);
        await PrepareEnvironment(held);
        var supervised = files.Supervisors?.SuperviseAttempt(held, outputs.GetLease);
        var output = outputs.CreatePump(held, supervised);
        held.Ended += context.BeatNow;
        var began = clock.GetTimestamp();
        ExecutionResult end;
        await using (held.Stop.Token.Register(output.StopBlocking))
        await using (var timers = new AttemptTimers(held, supervised, () => output.LastWrite, clock))
        {
            if (rejection is not null)
                end = ExecutionResult.Rejected(rejection.Rule, rejection.Sentence);
            else if (decision is OfferDecision.Recovered || await held.ConfirmStart())
                end = await executor.RunExecutor(held, policy, output, supervised, timers);
            else
                end = ExecutionResult.FromProcess(ProcessEnd.NotStarted, held.Stop.Why);
        }
        if (supervised is not null && await supervised.EndUnclaimedPrograms(ToTimeSpan(offer.KillGrace)))
            end = ExecutionResult.LostByRestart(end);
        var took = supervised?.Ran ?? clock.GetElapsedTime(began);
        await policies.RunAfterHook(offer, policy, end);
        var rest = await output.Complete();
        context.Log.Ended(offer.AttemptId, end.Outcome, rest.StdoutBytes + rest.StderrBytes, took);
        return held.Stop.Why == StopReason.Superseded ? null : ResultRecord.CreateResult(end, rest, took);
    }

    /// <summary>
    /// The last word before the executor: the verdict that counts now, and the owner's own hook. No rejection: it may run.
    /// </summary>
    private async Task<(OwnerPolicy Policy, Verdict? Rejection)> CheckBeforeExecution(HeldAttempt held, OfferDecision decision)
    {
        if (decision is OfferDecision.Rejected rejected) return (rejected.Policy, rejected.Verdict);
        if (decision is not OfferDecision.Cleared) return (policies.Current, null);
        try
        {
            var (policy, verdict) = await judge.JudgeAgain(held);
            var permission = verdict.Permission;
            var rejects = permission.Kind == VerdictKind.Rejected
                || (permission.Kind == VerdictKind.NeedsApproval && held.Approval?.Covers(verdict) is not true);
            return (policy, rejects ? permission : await policies.RunBeforeHook(policy, held));
        }
        catch (OperationCanceledException) when (held.Stop.Why != StopReason.None)
        {
            return (policies.Current, null);
        }
    }

    private static TimeSpan ToTimeSpan(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
