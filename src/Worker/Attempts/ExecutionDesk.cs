using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Supervision;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Attempts;

/// <summary>Runs the executor of a started attempt under its clocks and makes the record of how it ended.</summary>
internal sealed class ExecutionDesk(
    ServerLink link, SessionKeeper sessions, ExecutorCatalog executors, UserEnvironment user, AttemptFiles files, RunnerContext context)
{
    private const int LongestError = 4000;
    private readonly FileSystemCalls fileSystem = new(FileSystemCalls.MostOfTasks, context.Clock);

    /// <summary>False for what the daemon does itself, such as file tasks.</summary>
    public bool StartsPrograms(Offer offer) => executors.Find(offer.Kind) is { UsesPersonsEnvironment: true };

    /// <summary>
    /// Before the start is asked for: asking the login shell can take seconds, and a daemon that dies between the server's yes and the spawn
    /// loses the task.
    /// </summary>
    public async Task Prepare(HeldAttempt held)
    {
        // The shell is asked for all tasks, so one that is stopped does not stop it, and does not wait for it either.
        if (executors.Find(held.Offer.Kind) is { UsesPersonsEnvironment: true })
            await ((Task)user.Get()).WaitAsync(held.Stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Null when another attempt has taken its place: then no result is reported.</summary>
    public async Task<AttemptResult?> Execute(HeldAttempt held)
    {
        var (offer, clock) = (held.Offer, context.Clock);
        var (policy, refusal) = await context.Policy.Enter(held).ConfigureAwait(false);
        await Prepare(held).ConfigureAwait(false);
        var supervised = files.Supervisors?.Of(held, () => sessions.Known is { } known ? Ms(known.Lease) : AttemptTiming.Lease);
        var output = new OutputPump((chunks, cancellation) => sessions.With(
            session => link.Append(offer.AttemptId, new AppendOutput(session, chunks), cancellation), cancellation), clock,
            Manner(held),
            supervised?.Age ?? TimeSpan.Zero, link.Bodies);
        held.Ended += context.BeatNow;
        var began = clock.GetTimestamp();
        ExecutionResult end;
        await using (held.Stop.Token.Register(output.Hurry))
        await using (clock.CreateTimer(_ => TimedOut(held, supervised), null, Ms(offer.Timeout), Timeout.InfiniteTimeSpan))
        await using (SilenceTimer.Start(Silence(offer, supervised), () => output.LastWrite, held.Stop, clock))
        {
            end = refusal is not null ? ExecutionResult.Rejected(refusal.Rule, refusal.Sentence)
                : held.Adopted is not null || await held.MayStart().ConfigureAwait(false)
                    ? await Run(held, policy, output, supervised).ConfigureAwait(false)
                : ExecutionResult.FromProcess(ProcessEnd.NotBegun, held.Stop.Why);
        }
        if (supervised is not null && await supervised.EndUnmet(Ms(offer.KillGrace)).ConfigureAwait(false))
            end = ExecutionResult.Restarted(end);
        var took = supervised?.Ran ?? clock.GetElapsedTime(began);
        await context.Policy.Leave(offer, policy, end).ConfigureAwait(false);
        var rest = await output.Complete().ConfigureAwait(false);
        context.Log.Ended(offer.AttemptId, end.Outcome, rest.StdoutBytes + rest.StderrBytes, took);
        return held.Stop.Why == StopReason.Superseded ? null : Record(end, rest, took);
    }

    /// <summary>What the daemon does itself can wait for the line as a log can: nothing stands still because of it.</summary>
    private PumpManner Manner(HeldAttempt held) => held.Adopted is not null ? PumpManner.Replayed
        : files.Supervisors is null && StartsPrograms(held.Offer) ? PumpManner.Direct
        : PumpManner.Kept;

    internal static AttemptResult Record(ExecutionResult end, OutputRest rest, TimeSpan took) => new()
    {
        Session = "",
        Outcome = end.Outcome,
        ExitCode = end.ExitCode,
        Signal = end.Signal,
        Error = Clean(end.Error),
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
    /// While a program runs under its supervisor, that keeps the clocks: here it can look as if it still ran when it has ended. And what waits
    /// for the line alone is not late.
    /// </summary>
    private static void TimedOut(HeldAttempt held, SupervisedAttempt? supervised)
    {
        if (!held.IsOver && supervised is not { IsRunning: true })
            held.Stop.Request(StopReason.Timeout);
    }

    private static TimeSpan? Silence(Offer offer, SupervisedAttempt? supervised) =>
        supervised is null && offer.Silence is { } silence ? Ms(silence) : null;

    private async Task<ExecutionResult> Run(HeldAttempt held, OwnerPolicy policy, OutputPump output, SupervisedAttempt? supervised)
    {
        var offer = held.Offer;
        if (executors.Find(offer.Kind) is not { } executor)
            return ExecutionResult.Rejected("unknown-kind", $"this worker does not run tasks of kind {offer.Kind}");
        var attempt = new AttemptContext
        {
            Offer = offer,
            Output = output,
            Processes = new ProcessRunner(
                context.Clock, pid => Spawned(offer, pid), supervised, context.Policy.Confine(held, policy, executor.OwnersVariables),
                () => held.MayStart().GetAwaiter().GetResult()),
            Policy = policy,
            TakenUpAfter = held.Adopted is null ? null : supervised?.Age,
            Stop = held.Stop,
            FileSystem = fileSystem,
            User = user,
            Clock = context.Clock,
            EndWork = held.EndWork,
        };
        try
        {
            var end = await Task.Run(() => executor.Execute(attempt)).ConfigureAwait(false);
            return attempt.Processes.Refusal is { } refusal ? ExecutionResult.Rejected(refusal.Rule, refusal.Sentence) : end;
        }
        catch (OperationCanceledException) when (held.Stop.Why != StopReason.None)
        {
            return ExecutionResult.Stopped(held.Stop.Why);
        }
        catch (Exception fault)
        {
            context.Log.ExecutorFailed(offer.AttemptId, fault);
            return ExecutionResult.Failed("executor-error", $"error in the worker: {fault.Message}");
        }
    }

    private void Spawned(Offer offer, int pid) => files.Journal.Spawned(offer.AttemptId, new SpawnNote(0, ProcessIdentity.Of(pid), false));

    private static TimeSpan Ms(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>The server takes no NUL and no half characters in texts.</summary>
    private static string? Clean(string? text) => text is null ? null : string.Concat(
        text.Replace('\0', '\uFFFD').EnumerateRunes().Take(LongestError).Select(rune => rune.ToString()));
}
