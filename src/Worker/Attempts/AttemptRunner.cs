using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Attempts.Pipeline;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Attempts;

/// <summary>
/// Where attempts come in: offers of a poll, and what a daemon before this one left. Each goes through its
/// <see cref="AttemptPipeline"/> in the background.
/// </summary>
internal sealed class AttemptRunner(
    AttemptPipeline pipeline, PolicyEnforcer policy, LargePayloads payloads, AttemptFiles files, PipelineContext context)
{
    private readonly RunningAttempts running = new();
    private List<Action>? deferred = [];

    /// <summary>Takes an offer when there is room, in the background. What does not fit is offered again, to whoever has room.</summary>
    public void AcceptOffer(Offer offer)
    {
        if (!AttemptName.IsSafe(offer.AttemptId))
            context.Log.NotStarted("?", "its id is none");
        else if (context.Attempts.TryAdd(policy.LowerLimits(offer)) is { } held)
        {
            if (offer.PayloadBytes is not null) payloads.ReserveRoom(offer);
            StartOrDefer(offer.AttemptId, () => pipeline.RunOffer(held));
        }
    }

    /// <summary>Goes on with what a daemon before this one began.</summary>
    public void ResumeRecovered(RecoveredAttempt recovered)
    {
        var held = context.Attempts.AddRecovered(recovered.Offer, recovered.Supervisors, context.Clock.GetTimestamp());
        held.AgeAtRecovery = files.Supervisors?.GetAge(held) ?? TimeSpan.Zero;
        StartOrDefer(recovered.Offer.AttemptId, () => pipeline.RunRecovered(held));
    }

    /// <summary>Goes on waiting for the owner where a daemon before this one was.</summary>
    public void ResumeWaiting(WaitingOffer kept)
    {
        var held = context.Attempts.Park(kept.Offer);
        StartOrDefer(kept.Offer.AttemptId, () => pipeline.RunOffer(held, kept));
    }

    /// <summary>Reports what a daemon before this one left in the spool.</summary>
    public void ReportSpooled(string attemptId, AttemptResult result)
    {
        context.Attempts.MarkReporting(attemptId);
        StartOrDefer(attemptId, () => pipeline.ReportSpooled(attemptId, result));
    }

    /// <summary>
    /// What a daemon before this one began goes on. Not one by one: the first would open the session, and what is not named by then the
    /// server gives up.
    /// </summary>
    public void StartDeferred()
    {
        var begun = deferred ?? [];
        deferred = null;
        begun.ForEach(start => start());
    }

    /// <summary>All of them have ended and are reported, or given up because the daemon ends.</summary>
    public Task WaitForEnd() => running.Finished();

    private void StartOrDefer(string attemptId, Func<Task> body)
    {
        if (deferred is null)
            StartInBackground(attemptId, body);
        else
            deferred.Add(() => StartInBackground(attemptId, body));
    }

    private void StartInBackground(string attemptId, Func<Task> body)
    {
        running.Start(attemptId, async () =>
        {
            try
            {
                await body();
            }
            catch (OperationCanceledException) when (context.Ending.IsCancellationRequested)
            {
                // What is in the spool is reported after the next start.
            }
            catch (Exception error)
            {
                context.Log.Fault($"attempt {attemptId}", error);
                context.Attempts.Remove(attemptId);
            }
            finally
            {
                payloads.ReleaseRoom(attemptId);
            }
        });
    }
}

/// <summary>What is under way for each attempt.</summary>
internal sealed class RunningAttempts
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Task> tasks = new(StringComparer.Ordinal);

    /// <summary>
    /// Runs it in the background. The table forgets an attempt a moment before its last steps here are done, so the same id may be offered
    /// again meanwhile: the new body waits for the old one, otherwise the old one's clean-up would remove the new one's files.
    /// </summary>
    public void Start(string attemptId, Func<Task> body)
    {
        lock (gate)
        {
            var before = tasks.GetValueOrDefault(attemptId, Task.CompletedTask);
            var task = Task.Run(async () =>
            {
                await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await body();
            });
            tasks[attemptId] = task;
            _ = Forget(attemptId, task);
        }
    }

    /// <summary>Ends when all of them have.</summary>
    public Task Finished()
    {
        lock (gate)
            return Task.WhenAll(tasks.Values);
    }

    private async Task Forget(string attemptId, Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            if (tasks.GetValueOrDefault(attemptId) == task) tasks.Remove(attemptId);
        }
    }
}
