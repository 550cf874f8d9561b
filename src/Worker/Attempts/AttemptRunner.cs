using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Attempts.Results;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Attempts;

/// <summary>
/// One attempt from the offer to the report: journal, ask to start, and only after the server's yes execute; then spool, then report.
/// </summary>
/// <remarks>
/// The daemon may be killed between any two steps. What the next one finds, and does (<see cref="Recovery"/> decides):
/// <list type="bullet">
/// <item>Before the journal: nothing is known here and nothing ran; the server offers the attempt again.</item>
/// <item>Journal written, no program that could be followed: what may be left of one is ended, and the attempt is not named to the
/// server. That offers it again when it had not noted the start (then nothing ran, for programs start only after its yes), else it says
/// lost. So the journal has to be on disk before the start is asked for.</item>
/// <item>A program runs, or has left its end in its run log: it is resumed; its executor runs again and reads the log from the
/// start.</item>
/// <item>Result in the spool, journal still open: it is reported and the journal closed. That is why the spool comes before
/// <see cref="AttemptFiles.CloseAttempt"/>.</item>
/// </list>
/// </remarks>
internal sealed class AttemptRunner(
    ServerLink link, SessionKeeper sessions, AttemptFiles files, AttemptExecution execution, ResultSender sender, RunnerContext context)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortDelivery = TimeSpan.FromSeconds(2);
    private readonly RunningAttempts running = new();
    private string? programNotice;
    private List<Action>? deferred = [];

    /// <summary>Takes an offer when there is room, in the background. What does not fit is offered again, to whoever has room.</summary>
    public void AcceptOffer(Offer offer)
    {
        if (!AttemptName.IsSafe(offer.AttemptId))
            context.Log.NotStarted("?", "its id is none");
        else if (context.Attempts.TryAdd(context.Policy.LowerLimits(offer)) is { } held)
        {
            if (offer.PayloadBytes is not null) context.Payloads.ReserveRoom(offer);
            StartOrDefer(offer.AttemptId, () => RunAttempt(held));
        }
    }

    /// <summary>Goes on with what a daemon before this one began.</summary>
    public void ResumeRecovered(RecoveredAttempt recovered)
    {
        var held = context.Attempts.AddRecovered(recovered.Offer, recovered.Supervisors, context.Clock.GetTimestamp());
        held.AgeAtRecovery = files.Supervisors?.GetAge(held) ?? TimeSpan.Zero;
        held.StartConfirmation = CreateConfirmation(held);
        StartOrDefer(recovered.Offer.AttemptId, () => ExecuteAndReport(held));
    }

    /// <summary>Goes on waiting for the owner where a daemon before this one was.</summary>
    public void ResumeWaiting(WaitingOffer kept)
    {
        var held = context.Attempts.Park(kept.Offer);
        StartOrDefer(kept.Offer.AttemptId, () => RunAttempt(held, kept));
    }

    /// <summary>Reports what a daemon before this one left in the spool.</summary>
    public void ReportSpooled(string attemptId, AttemptResult result)
    {
        context.Attempts.MarkReporting(attemptId);
        StartOrDefer(attemptId, () => sender.DeliverUntilAnswered(attemptId, result, context.Ending));
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
                context.Payloads.ReleaseRoom(attemptId);
            }
        });
    }

    private async Task RunAttempt(HeldAttempt held, WaitingOffer? kept = null)
    {
        var id = held.Offer.AttemptId;
        // Again after AcceptOffer: the end of an earlier run of the same attempt may have released the room in between. Counts once.
        if (held.Offer.PayloadBytes is not null) context.Payloads.ReserveRoom(held.Offer);
        if (held.Offer.PayloadBytes is not null && !await context.Payloads.FetchThenUnpark(held, context.Ending))
        {
            context.Attempts.Remove(id);
            return;
        }
        if (!await context.Gate.AllowsOffer(held, kept))
        {
            context.Attempts.Remove(id);
            return;
        }
        if (!MayStartPrograms(held.Offer) || !TryWriteJournal(held.Offer)) return;
        await execution.PrepareEnvironment(held);
        held.StartConfirmation = CreateConfirmation(held);
        // False also when it was stopped before it asked: then the server offers it to another worker.
        var started = await AskToBegin(held);
        context.Gate.RecordAnswer(held.Offer, started);
        if (!started)
        {
            files.CloseAttempt(id);
            context.Attempts.Remove(id);
            return;
        }
        files.Journal.RecordStart(id);
        context.Log.Started(id, held.Offer.Kind);
        await ExecuteAndReport(held);
    }

    private async Task DeliverResult(string id, AttemptResult result)
    {
        var delivery = sender.DeliverUntilAnswered(id, result, context.Ending);
        // A slow delivery is announced by a heartbeat at once: until one names it as on its way the server may give the attempt up.
        await delivery.WaitAsync(ShortDelivery, context.Clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!delivery.IsCompleted) context.BeatNow();
        await delivery;
    }

    private async Task ExecuteAndReport(HeldAttempt held)
    {
        var id = held.Offer.AttemptId;
        var result = await execution.RunToResult(held);
        context.Gate.RecordEnd(held.Offer, result);
        // When the disk is full the attempt's files stay until the server has answered: the next daemon makes the result from its run log.
        if (result is null || files.Spool.TrySave(id, result)) files.CloseAttempt(id);
        held.Stop.Dispose();
        if (result is null)
        {
            context.Attempts.Remove(id);
            return;
        }
        context.Attempts.MarkReporting(id);
        // Only in a daemon of its own: inside a server's process the heap is not ours to collect.
        var relief = files.Supervisors is not null && MemoryTrimmer.IsDue(held.PayloadLength, result);
        held.DropPayload();
        // Before the next one is fetched.
        if (relief) MemoryTrimmer.CollectGarbage();
        context.Payloads.ReleaseRoom(id);
        await DeliverResult(id, result);
        if (relief && result.StdoutBytes > 0) MemoryTrimmer.CollectGarbage();
    }

    /// <summary>False where a supervisor can't be started: it is left to whoever gets it next, for nothing of it has begun.</summary>
    private bool MayStartPrograms(Offer offer)
    {
        if (!execution.StartsPrograms(offer) || files.Supervisors?.Program is not { } program) return true;
        var notice = program.DescribeChange(WorkerDaemon.Version);
        if (Interlocked.Exchange(ref programNotice, notice) != notice && notice is not null)
            context.Log.ProgramChanged(notice);
        if (program.ExplainBlocked() is not { } blocked) return true;
        context.PauseWork(blocked);
        context.Attempts.Remove(offer.AttemptId);
        return false;
    }

    private bool TryWriteJournal(Offer offer)
    {
        try
        {
            files.BeginAttempt(offer, execution.StartsPrograms(offer));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            context.Log.NoJournal(offer.AttemptId, error);
            files.CloseAttempt(offer.AttemptId);
            context.PauseWork($"the home folder can't be written: {error.Message}");
            context.Attempts.Remove(offer.AttemptId);
            return false;
        }
    }

    private StartConfirmation CreateConfirmation(HeldAttempt held) => new(
        async stop =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, context.Ending);
            return await RequestStart(held, either.Token);
        },
        context.Clock);

    /// <summary>
    /// False: it is not begun here, for the server says no, or the daemon takes no more work. An answer that is on its way then is waited
    /// for: of a start that the server has noted only this daemon can say that nothing ran.
    /// </summary>
    private async Task<bool> AskToBegin(HeldAttempt held)
    {
        if (held.Stop.Why != StopReason.None || context.Attempts.IsClosed) return false;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(held.Stop.Token, context.Ending);
        try
        {
            var asked = RequestStart(held, either.Token);
            // Without a session no question is under way whose answer would have to be waited for.
            if (await Task.WhenAny(asked, context.Attempts.Closed) != asked && sessions.Known is null)
                await either.CancelAsync();
            return await asked;
        }
        catch (OperationCanceledException) when (!context.Ending.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> RequestStart(HeldAttempt held, CancellationToken cancellation)
    {
        var id = held.Offer.AttemptId;
        var pause = ReconnectDelay.CreateJittered(LongestRetry);
        while (true)
        {
            var (sentAt, wall) = (context.Clock.GetTimestamp(), context.Clock.GetUtcNow());
            var reply = await sessions.CallInSession(s => link.StartAttempt(id, s, cancellation), cancellation);
            if (reply.IsOk)
            {
                // An old yes does not count: the machine may have slept while it was under way. Ask again.
                held.StartConfirmation!.SetConfirmed(sentAt, wall);
                if (!held.StartConfirmation.IsFresh) continue;
                held.RenewLease(sentAt);
                if (held.IsCancelAnnounced) context.BeatNow();
                return true;
            }
            if (!reply.MayRetry && !reply.SessionLost)
            {
                context.Log.NotStarted(id, reply.Why);
                return false;
            }
            var wait = pause.GetNext();
            context.Log.StartWaits(id, reply.Why, wait);
            var delay = Task.Delay(wait, context.Clock, cancellation);
            await (held.IsStarted ? delay : Task.WhenAny(delay, context.Attempts.Closed));
            cancellation.ThrowIfCancellationRequested();
            if (context.Attempts.IsClosed && !held.IsStarted)
            {
                context.Log.NotStarted(id, "the daemon takes no more work");
                return false;
            }
        }
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

/// <summary>The daemon's files about attempts.</summary>
internal sealed record AttemptFiles(AttemptJournal Journal, ResultSpool Spool, Supervisors? Supervisors)
{
    /// <summary>
    /// Throws IOException or UnauthorizedAccessException when an attempt can't be made safe against our death: then it must not start.
    /// </summary>
    /// <param name="offer">What the server offered.</param>
    /// <param name="startsPrograms">What starts no program is never resumed, so a later daemon needs no copy of its offer.</param>
    public void BeginAttempt(Offer offer, bool startsPrograms)
    {
        if (startsPrograms) Supervisors?.Folders.WriteOffer(offer);
        Journal.RecordOffer(offer);
    }

    /// <summary>Nothing of it is needed any more but its result.</summary>
    public void CloseAttempt(string attemptId)
    {
        Supervisors?.Folders.Remove(attemptId);
        Journal.RecordEnd(attemptId);
    }
}

/// <summary>The parts of the daemon that the runner uses. <paramref name="Ending"/> fires last, when nothing is waited for.</summary>
internal sealed record RunnerContext(
    AttemptTable Attempts,
    Action<string> PauseWork,
    TimeProvider Clock,
    WorkerLog Log,
    CancellationToken Ending,
    StartGate Gate,
    PolicyEnforcer Policy)
{
    /// <summary>Sends a heartbeat at once.</summary>
    public required Action BeatNow { get; init; }

    public required LargePayloads Payloads { get; init; }
}
