using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts.Deadlines;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Masking;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision.Attempts;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>Phase 5: runs the executor of a started attempt under its clocks and makes the record of how it ended.</summary>
internal sealed class ExecutePhase(
    JudgePhase judge, PolicyEnforcer policies, ExecutorCatalog executors, AttemptOutput outputs, AttemptFiles files,
    PipelineContext context)
{
    private readonly FileSystemCalls fileSystem = new(FileSystemCalls.MaxHangingForTasks, context.Clock);

    /// <summary>The login shell was asked, where the executor wants the person's environment.</summary>
    public async Task PrepareEnvironment(HeldAttempt held)
    {
        // The shell is asked for all tasks, so one that is stopped does not stop it, and does not wait for it either.
        if (executors.StartsPrograms(held.Offer.Kind))
            await ((Task)policies.User.GetVariables()).WaitAsync(held.Stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Null when another attempt has taken its place: then no result is reported.</summary>
    public async Task<AttemptResult?> RunToResult(HeldAttempt held, OfferDecision decision)
    {
        var (offer, clock) = (held.Offer, context.Clock);
        var (policy, rejection) = await CheckBeforeExecution(held, decision);
        await PrepareEnvironment(held);
        var supervised = files.Supervisors?.SuperviseAttempt(held, outputs.GetLease);
        var output = outputs.CreatePump(held, supervised);
        using var masked = outputs.CreateMask(held, policy, output);
        held.Ended += context.BeatNow;
        var began = clock.GetTimestamp();
        ExecutionResult end;
        await using (held.Stop.Token.Register(output.StopBlocking))
        await using (var timers = new AttemptTimers(held, supervised, () => output.LastWrite, clock))
        {
            if (rejection is not null)
                end = ExecutionResult.Rejected(rejection.Rule, rejection.Sentence);
            else if (decision is OfferDecision.Recovered || await held.ConfirmStart())
                end = await RunExecutor(held, policy, masked, supervised, timers);
            else
                end = ExecutionResult.FromProcess(ProcessEnd.NotStarted, held.Stop.Why);
        }
        if (supervised is not null && await supervised.EndUnclaimedPrograms(ToTimeSpan(offer.KillGrace)))
            end = ExecutionResult.LostByRestart(end);
        var took = supervised?.Ran ?? clock.GetElapsedTime(began);
        await policies.RunAfterHook(offer, policy, end);
        var rest = await output.Complete(masked.Finish);
        context.Log.Ended(offer.AttemptId, end.Outcome, rest.StdoutBytes + rest.StderrBytes, took);
        return held.Stop.Why == StopReason.Superseded ? null : masked.Mask.MaskResult(end).ToAttemptResult(rest, took);
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
            var judged = await judge.JudgeAgain(held);
            var permission = judged.Verdict.Permission;
            var rejects = permission.Kind == VerdictKind.Rejected
                || (permission.Kind == VerdictKind.NeedsApproval && held.Approval?.Covers(judged.Verdict) is not true);
            var rejection = rejects ? permission : judge.MarkUsed(held, judged);
            return (judged.Policy, rejection ?? await policies.RunBeforeHook(judged.Policy, held));
        }
        catch (OperationCanceledException) when (held.Stop.Why != StopReason.None)
        {
            return (policies.Current, null);
        }
    }

    private async Task<ExecutionResult> RunExecutor(
        HeldAttempt held, OwnerPolicy policy, MaskedOutput output, SupervisedAttempt? supervised, AttemptTimers timers)
    {
        var offer = held.Offer;
        if (executors.FindExecutor(offer.Kind) is not { } executor)
            return ExecutionResult.Rejected("unknown-kind", $"this worker does not run tasks of kind {offer.Kind}");
        var programs = new SandboxedRunner(
            supervised ?? (IProcessRunner)new ProcessRunner(
                context.Clock, new JournaledStart(held, files.Journal, timers.MarkWorkBegun)),
            policies.CreateSandbox(held, policy, executor.OwnersVariables), output.Mask);
        var attempt = CreateContext(held, policy, output, programs, supervised?.Age);
        if (!executor.UsesPersonsEnvironment) timers.MarkWorkBegun();
        try
        {
            var end = await Task.Run(() => executor.Execute(attempt));
            return programs.Rejection is { } rejection ? ExecutionResult.Rejected(rejection.Rule, rejection.Sentence) : end;
        }
        catch (OperationCanceledException) when (held.Stop.Why != StopReason.None)
        {
            return ExecutionResult.FromStopReason(held.Stop.Why);
        }
        catch (Exception error)
        {
            context.Log.ExecutorFailed(offer.AttemptId, error);
            return ExecutionResult.Failed("executor-error", $"error in the worker: {error.Message}");
        }
    }

    private AttemptContext CreateContext(
        HeldAttempt held, OwnerPolicy policy, MaskedOutput output, SandboxedRunner programs, TimeSpan? age) => new()
        {
            Offer = held.Offer,
            Output = output.Sink,
            Processes = programs,
            Policy = policy,
            AgeAtRecovery = held.RecoveredSupervisors is null ? null : age,
            Stop = held.Stop,
            FileSystem = fileSystem,
            User = policies.User,
            Clock = context.Clock,
            EndWork = held.EndWork,
        };

    private static TimeSpan ToTimeSpan(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
