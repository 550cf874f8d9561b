using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>Phase 4: asks the server to start the attempt. Only its own yes lets anything run.</summary>
internal sealed class StartPhase(
    ServerLink link, SessionKeeper sessions, AttemptFiles files, ApprovalCoordinator approvals, AuditLog audit, PipelineContext context)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    /// <summary>True: the server has noted the start. False: it says no, or this daemon takes no more work.</summary>
    public async Task<bool> AskServer(HeldAttempt held)
    {
        var offer = held.Offer;
        PrepareConfirmation(held);
        var started = await AskToBegin(held);
        approvals.ForgetOffer(offer.AttemptId);
        if (!started) return false;
        audit.RecordStart(offer, approvals.ComputeDigest(offer, held.Binding));
        files.Journal.RecordStart(offer.AttemptId);
        context.Log.Started(offer.AttemptId, offer.Kind);
        return true;
    }

    /// <summary>The yes grows old: it is asked for again before a program starts then.</summary>
    public void PrepareConfirmation(HeldAttempt held) => held.StartConfirmation = new StartConfirmation(
        async stop =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, context.Ending);
            return await RequestStart(held, either.Token);
        },
        context.Clock);

    /// <summary>
    /// False: it is not begun here, for the server says no, or the daemon takes no more work. An answer that is on its way then is waited
    /// for, and one that was lost is asked for again: a start that the server has noted counts there, and would be lost when it is dropped
    /// here. The time for draining bounds that, as it does for what runs; the owner's own drain has none, so it ends when the server itself
    /// must have given the attempt up.
    /// </summary>
    private async Task<bool> AskToBegin(HeldAttempt held)
    {
        // Stopped before it asked: the server offers it to another worker.
        if (held.Stop.Why != StopReason.None || context.Attempts.IsClosed) return false;
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(held.Stop.Token, context.Ending, late.Token);
        try
        {
            var asked = RequestStart(held, either.Token);
            // Without a session no question is under way whose answer would have to be waited for.
            if (await Task.WhenAny(asked, context.Attempts.Closed) != asked)
            {
                if (sessions.Known is null && !held.MayBeNoted) await either.CancelAsync();
                else late.CancelAfter(GivenUpAfter(held.Offer));
            }
            return await asked;
        }
        catch (OperationCanceledException) when (!context.Ending.IsCancellationRequested)
        {
            return false;
        }
    }

    private static TimeSpan GivenUpAfter(Offer offer) =>
        TimeSpan.FromMilliseconds(offer.Timeout + offer.KillGrace) + AttemptTiming.Lease;

    private async Task<bool> RequestStart(HeldAttempt held, CancellationToken cancellation)
    {
        var id = held.Offer.AttemptId;
        var pause = ReconnectDelay.CreateJittered(LongestRetry);
        while (true)
        {
            var sent = ClockReading.ReadNow(context.Clock);
            var reply = await sessions.CallInSession(s => link.StartAttempt(id, s, cancellation), cancellation);
            if (reply.IsOk)
            {
                // An old yes does not count: the machine may have slept while it was under way. Ask again.
                held.StartConfirmation!.SetConfirmed(sent);
                if (!held.StartConfirmation.IsFresh) continue;
                held.RenewLease(sent.Steady);
                if (held.IsCancelAnnounced) context.BeatNow();
                return true;
            }
            if (!reply.MayRetry && !reply.SessionLost)
            {
                context.Log.NotStarted(id, reply.Why);
                return false;
            }
            // A problem of the server's says that nothing was done; what came from elsewhere, or not at all, says nothing.
            if (reply.NoAnswer is { NeverSent: false }) held.MarkMayBeNoted();
            var wait = pause.GetNext();
            context.Log.StartWaits(id, reply.Why, wait);
            var delay = Task.Delay(wait, context.Clock, cancellation);
            var counts = held.IsStarted || held.MayBeNoted;
            await (counts ? delay : Task.WhenAny(delay, context.Attempts.Closed));
            cancellation.ThrowIfCancellationRequested();
            if (context.Attempts.IsClosed && !counts)
            {
                context.Log.NotStarted(id, "the daemon takes no more work");
                return false;
            }
        }
    }
}

/// <summary>
/// The server's yes to start an attempt. It counts for <see cref="AttemptTiming.StartLasts"/>, on the clock that stands still while the
/// machine sleeps and on the one that goes on. An older one is asked for again before anything is spawned: the task may have ended, or be
/// another attempt's, by now.
/// </summary>
/// <param name="ask">Asks the server until it has answered; true: yes, and it was given to <see cref="SetConfirmed"/>.</param>
/// <param name="clock">The clock.</param>
internal sealed class StartConfirmation(Func<CancellationToken, Task<bool>> ask, TimeProvider clock)
{
    private readonly Lock gate = new();
    private ClockReading? granted;

    /// <summary>It counts now.</summary>
    public bool IsFresh
    {
        get
        {
            lock (gate)
                return granted is { } at && at.IsWithin(AttemptTiming.StartLasts, clock);
        }
    }

    /// <summary>The server said yes to a question that was sent then.</summary>
    public void SetConfirmed(ClockReading sent)
    {
        lock (gate)
            granted = sent;
    }

    /// <summary>False: the server says no. Throws when cancelled.</summary>
    public async Task<bool> EnsureFresh(CancellationToken cancellation) => IsFresh || await ask(cancellation);
}
