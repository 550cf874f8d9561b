using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision.Attempts;
using OpenClaw.Worker.Processes.Supervision.Deadlines;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Attempts;

/// <summary>Runs the executor of a started attempt under its clocks and makes the record of how it ended.</summary>
internal sealed class AttemptExecution(
    ServerLink link, SessionKeeper sessions, ExecutorCatalog executors, UserEnvironment user, AttemptFiles files, RunnerContext context)
{
    private const int LongestError = 4000;
    private readonly FileSystemCalls fileSystem = new(FileSystemCalls.MaxHangingForTasks, context.Clock);

    /// <summary>False for what the daemon does itself, such as file tasks.</summary>
    public bool StartsPrograms(Offer offer) => executors.FindExecutor(offer.Kind) is { UsesPersonsEnvironment: true };

    /// <summary>
    /// Before the start is asked for: asking the login shell can take seconds, and a daemon that dies between the server's yes and the
    /// spawn loses the task.
    /// </summary>
    public async Task PrepareEnvironment(HeldAttempt held)
    {
        // The shell is asked for all tasks, so one that is stopped does not stop it, and does not wait for it either.
        if (executors.FindExecutor(held.Offer.Kind) is { UsesPersonsEnvironment: true })
            await ((Task)user.GetVariables()).WaitAsync(held.Stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Null when another attempt has taken its place: then no result is reported.</summary>
    public async Task<AttemptResult?> RunToResult(HeldAttempt held)
    {
        var (offer, clock) = (held.Offer, context.Clock);
        var (policy, rejection) = await context.Policy.CheckBeforeExecution(held);
        await PrepareEnvironment(held);
        var supervised = files.Supervisors?.SuperviseAttempt(held, GetLease);
        var output = CreatePump(held, supervised);
        held.Ended += context.BeatNow;
        var began = clock.GetTimestamp();
        var anew = began;
        ExecutionResult end;
        await using (held.Stop.Token.Register(output.StopBlocking))
        await using (var timeout =
            clock.CreateTimer(_ => StopForTimeout(held, supervised), null, ToTimeSpan(offer.Timeout), Timeout.InfiniteTimeSpan))
        await using (SilenceTimer.StartIfLimited(GetSilenceLimit(offer, supervised), GetLastSign, held.Stop, clock))
        {
            held.StartedAnew += () =>
            {
                Interlocked.Exchange(ref anew, clock.GetTimestamp());
                supervised?.RestartTime();
                timeout.Change(ToTimeSpan(offer.Timeout), Timeout.InfiniteTimeSpan);
            };
            end = rejection is not null ? ExecutionResult.Rejected(rejection.Rule, rejection.Sentence)
                : held.RecoveredSupervisors is not null || await held.ConfirmStart()
                    ? await RunExecutor(held, policy, output, supervised)
                : ExecutionResult.FromProcess(ProcessEnd.NotStarted, held.Stop.Why);
        }
        if (supervised is not null && await supervised.EndUnclaimedPrograms(ToTimeSpan(offer.KillGrace)))
            end = ExecutionResult.LostByRestart(end);
        var took = supervised?.Ran ?? clock.GetElapsedTime(began);
        await context.Policy.RunAfterHook(offer, policy, end);
        var rest = await output.Complete();
        context.Log.Ended(offer.AttemptId, end.Outcome, rest.StdoutBytes + rest.StderrBytes, took);
        return held.Stop.Why == StopReason.Superseded ? null : CreateResult(end, rest, took);

        long GetLastSign() => held.IsConfirming ? clock.GetTimestamp() : Math.Max(output.LastWrite, Interlocked.Read(ref anew));
    }

    private TimeSpan GetLease() => sessions.Known is { } known ? ToTimeSpan(known.Lease) : AttemptTiming.Lease;

    private OutputPump CreatePump(HeldAttempt held, SupervisedAttempt? supervised) => new(
        (chunks, cancellation) => sessions.CallInSession(
            session => link.AppendOutput(held.Offer.AttemptId, new AppendOutput(session, chunks), cancellation), cancellation),
        context.Clock, ChooseMode(held), supervised?.Age ?? TimeSpan.Zero, link.Bodies);

    /// <summary>What the daemon does itself, such as reading a file, may wait for the server: no program stands still meanwhile.</summary>
    private PumpMode ChooseMode(HeldAttempt held) => held.RecoveredSupervisors is not null ? PumpMode.Replayed
        : files.Supervisors is null && StartsPrograms(held.Offer) ? PumpMode.Direct
        : PumpMode.Kept;

    internal static AttemptResult CreateResult(ExecutionResult end, OutputRemainder rest, TimeSpan took) => new()
    {
        Session = "",
        Outcome = end.Outcome,
        ExitCode = end.ExitCode,
        Signal = end.Signal,
        Error = SanitizeError(end.Error),
        Reason = end.Reason,
        Duration = (long)took.TotalMilliseconds,
        StdoutBytes = rest.StdoutBytes,
        StderrBytes = rest.StderrBytes,
        StdoutSha256 = rest.StdoutSha256,
        StderrSha256 = rest.StderrSha256,
        Output = rest.Unsent.Length == 0 ? null : rest.Unsent,
        Metadata = end.Metadata?.ToJsonString() is { Length: < Limits.ResultRecord / 2 } json ? JsonElement.Parse(json) : null,
    };

    /// <summary>
    /// While a program runs under its supervisor, that keeps the clocks: here it can look as if it still ran when it has ended. And what
    /// waits for the line alone is not late.
    /// </summary>
    private static void StopForTimeout(HeldAttempt held, SupervisedAttempt? supervised)
    {
        if (!held.HasProgramEnded && !held.IsConfirming && supervised is not { IsRunning: true })
            held.Stop.Request(StopReason.Timeout);
    }

    private static TimeSpan? GetSilenceLimit(Offer offer, SupervisedAttempt? supervised) =>
        supervised is null && offer.Silence is { } silence ? ToTimeSpan(silence) : null;

    private async Task<ExecutionResult> RunExecutor(HeldAttempt held, OwnerPolicy policy, OutputPump output, SupervisedAttempt? supervised)
    {
        var offer = held.Offer;
        if (executors.FindExecutor(offer.Kind) is not { } executor)
            return ExecutionResult.Rejected("unknown-kind", $"this worker does not run tasks of kind {offer.Kind}");
        var programs = new SandboxedRunner(
            supervised ?? (IProcessRunner)new ProcessRunner(context.Clock, new JournaledStart(held, files.Journal)),
            context.Policy.CreateSandbox(held, policy, executor.OwnersVariables));
        var attempt = new AttemptContext
        {
            Offer = offer,
            Output = output,
            Processes = programs,
            Policy = policy,
            AgeAtRecovery = held.RecoveredSupervisors is null ? null : supervised?.Age,
            Stop = held.Stop,
            FileSystem = fileSystem,
            User = user,
            Clock = context.Clock,
            EndWork = held.EndWork,
        };
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

    private static TimeSpan ToTimeSpan(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>The server takes no NUL and no half characters in texts.</summary>
    private static string? SanitizeError(string? text) => text is null ? null : string.Concat(
        text.Replace('\0', '\uFFFD').EnumerateRunes().Take(LongestError).Select(rune => rune.ToString()));
}
