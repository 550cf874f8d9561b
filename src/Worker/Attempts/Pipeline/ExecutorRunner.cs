using OpenClaw.Worker.Attempts.Deadlines;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision.Attempts;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>Gives an attempt to the executor of its kind, with all that one may use.</summary>
internal sealed class ExecutorRunner(
    ExecutorCatalog executors, UserEnvironment user, PolicyEnforcer policies, AttemptFiles files, PipelineContext context)
{
    private readonly FileSystemCalls fileSystem = new(FileSystemCalls.MaxHangingForTasks, context.Clock);

    /// <summary>The login shell was asked, where the executor wants the person's environment.</summary>
    public async Task PrepareEnvironment(HeldAttempt held)
    {
        // The shell is asked for all tasks, so one that is stopped does not stop it, and does not wait for it either.
        if (executors.StartsPrograms(held.Offer.Kind))
            await ((Task)user.GetVariables()).WaitAsync(held.Stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async Task<ExecutionResult> RunExecutor(
        HeldAttempt held, OwnerPolicy policy, OutputPump output, SupervisedAttempt? supervised, AttemptTimers timers)
    {
        var offer = held.Offer;
        if (executors.FindExecutor(offer.Kind) is not { } executor)
            return ExecutionResult.Rejected("unknown-kind", $"this worker does not run tasks of kind {offer.Kind}");
        var programs = new SandboxedRunner(
            supervised ?? (IProcessRunner)new ProcessRunner(
                context.Clock, new JournaledStart(held, files.Journal, timers.MarkWorkBegun)),
            policies.CreateSandbox(held, policy, executor.OwnersVariables));
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
        HeldAttempt held, OwnerPolicy policy, OutputPump output, SandboxedRunner programs, TimeSpan? age) => new()
        {
            Offer = held.Offer,
            Output = output,
            Processes = programs,
            Policy = policy,
            AgeAtRecovery = held.RecoveredSupervisors is null ? null : age,
            Stop = held.Stop,
            FileSystem = fileSystem,
            User = user,
            Clock = context.Clock,
            EndWork = held.EndWork,
        };
}
