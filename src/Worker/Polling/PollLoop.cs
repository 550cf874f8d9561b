using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Waits;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Polling;

/// <summary>
/// Keeps one poll parked at the gateway, and starts the next when it is answered. With free slots a poll brings offers; without, it still
/// brings cancels at once. A slot that becomes free ends a poll that asked for none.
/// </summary>
/// <remarks>
/// The loop is one task. <see cref="Interrupt()"/> and <see cref="PauseFor"/> are called on any thread; <c>gate</c> guards the poll that
/// is parked and what it asked for. An interrupt between two polls needs nothing: the next poll is made from the state as it is then.
/// </remarks>
internal sealed class PollLoop
{
    private static readonly TimeSpan MinPollInterval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan SweepDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetrySpread = TimeSpan.FromSeconds(0.3);
    private readonly ServerLink link;
    private readonly SessionKeeper sessions;
    private readonly AttemptTable attempts;
    private readonly HeartbeatLoop heartbeats;
    private readonly TimeProvider clock;
    private readonly PollContext context;
    private readonly ReconnectDelay pause = ReconnectDelay.CreateJittered();
    private readonly Lock gate = new();
    private CancellationTokenSource? parked;
    private int parkedFor;
    private bool? parkedForLarge;
    private long noWorkSince;
    private TimeSpan noWorkFor;
    private string? whyNoWork;

    public PollLoop(
        ServerLink link, SessionKeeper sessions, AttemptTable attempts, HeartbeatLoop heartbeats, TimeProvider clock, PollContext context)
    {
        (this.link, this.sessions, this.attempts, this.heartbeats) = (link, sessions, attempts, heartbeats);
        (this.clock, this.context) = (clock, context);
        attempts.Freed += () => Interrupt(onlyWhenFull: true);
        context.Paused.Changed += Interrupt;
        context.Payloads.Freed += InterruptForLarge;
        heartbeats.HeartbeatMissed += Interrupt;
    }

    /// <summary>A sentence about why no work is asked for now; null: work is asked for.</summary>
    public string? WhyNoWork { get { lock (gate) return clock.GetElapsedTime(noWorkSince) < noWorkFor ? whyNoWork : null; } }

    /// <summary>Asks for no work for so long: something here is broken (a full disk).</summary>
    public void PauseFor(TimeSpan time, string why)
    {
        lock (gate)
            (noWorkSince, noWorkFor, whyNoWork) = (clock.GetTimestamp(), time, why);
        Interrupt(onlyWhenFull: false);
    }

    /// <summary>Gives the parked poll up and asks again: its connection may be dead after sleep.</summary>
    public void Interrupt() => Interrupt(onlyWhenFull: false);

    public async Task RunUntilStopped(CancellationToken cancellation)
    {
        while (true)
        {
            var session = await sessions.WaitForLive(cancellation);
            await heartbeats.WaitForFirstBeat(cancellation);
            await PollOnce(session, cancellation);
            // The next poll would bring the skipped offers that this one could not name: wait. Cancels come with the heartbeat meanwhile.
            if (context.Left is { Sweeping: true, Room: 0 }) await Task.Delay(SweepDelay, clock, cancellation);
        }
    }

    private async Task PollOnce(SessionOpened session, CancellationToken cancellation)
    {
        using var pollEnd = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (poll, began) = (CreatePoll(session, pollEnd), clock.GetTimestamp());
        Reply<PollAnswer> reply;
        try
        {
            reply = await link.PollTasks(poll, pollEnd.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            lock (gate)
                parked = null;
        }
        var elapsed = clock.GetElapsedTime(began);
        if (reply.FitsOlderServer && sessions.ReopenForProtocol(session.Session)) return;
        if (reply is { IsOk: true, Value: { } answer })
            await HandleAnswer(answer, elapsed, poll.Wait, cancellation);
        else if (reply.SessionLost)
            sessions.MarkLost(session.Session);
        else if (reply.NoAnswer is not { InTime: true } || !await RetryAfterCut(elapsed, cancellation))
            await WaitAfterError(reply.Why, reply.RetryAfter, cancellation);
    }

    /// <summary>
    /// Most likely a proxy's timeout cut a poll that was held for long: the server is well and a task may be waiting, so the next poll
    /// follows at once. False: the poll failed too early for that.
    /// </summary>
    private async Task<bool> RetryAfterCut(TimeSpan elapsed, CancellationToken cancellation)
    {
        var meaning = link.Holds.RecordCut(elapsed);
        if (meaning == CutMeaning.Shortened) context.Log.HoldsCut(elapsed, link.Holds.ShortenWait(elapsed));
        if (meaning == CutMeaning.Failure) return false;
        // If it was a dying server after all, its workers must not all come back in one instant.
        await Task.Delay(Random.Shared.NextDouble() * RetrySpread, clock, cancellation);
        return true;
    }

    private Poll CreatePoll(SessionOpened session, CancellationTokenSource pollEnd)
    {
        var longest = TimeSpan.FromMilliseconds(Math.Min(session.PollWait, (long)context.Wait.TotalMilliseconds));
        var wait = (long)link.Holds.ShortenWait(longest).TotalMilliseconds;
        lock (gate)
        {
            var broken = noWorkFor - clock.GetElapsedTime(noWorkSince);
            var paused = context.Paused.Left is { } owner && owner > broken ? owner : broken;
            if (paused > TimeSpan.Zero) wait = (long)Math.Min(wait, paused.TotalMilliseconds + 1);
            parkedFor = paused > TimeSpan.Zero ? 0 : CountSlots(attempts.Free);
            parked = pollEnd;
            string[] held = [.. attempts.HeldOfferIds.Concat(context.Left.Ids).Take(Limits.Held)];
            // During a sweep each offer has to be judged, for which its payload is needed: no offer may come without one.
            parkedForLarge = link.FetchesPayloads ? context.Payloads.HasRoom && !context.Left.Sweeping : null;
            return new Poll { Session = session.Session, FreeSlots = parkedFor, Held = held, Wait = wait, TakesLarge = parkedForLarge };
        }
    }

    private async Task HandleAnswer(PollAnswer answer, TimeSpan took, long wait, CancellationToken cancellation)
    {
        pause.Reset();
        link.Holds.RecordAnswer(took);
        if (answer.Cancels is { Length: > 0 } cancels)
        {
            // A poll names a cancel only once, and the heartbeat's answer has the order for what has started. What has not started yet is
            // marked here, and sends another heartbeat once it has.
            attempts.AnnounceCancels(cancels);
            heartbeats.BeatNow();
        }
        // A sweep looks through the offers that were skipped for one that may run now.
        var offers = context.Left.Sweeping ? await context.Sift(answer.Offers) : answer.Offers;
        if (offers.Count > 0 || answer.Offers.Length == 0) context.Left.EndSweep();
        foreach (var offer in offers)
            context.Accept(offer);
        // A server that answers at once with nothing is not to be asked a thousand times a second.
        if (answer.Offers.Length == 0 && took < MinPollInterval && wait > MinPollInterval.TotalMilliseconds)
            await Task.Delay(MinPollInterval, clock, cancellation);
    }

    /// <summary>During a sweep most offers are skipped again and take no slot, so a poll asks for more than there are slots.</summary>
    private int CountSlots(int free) =>
        Math.Min(Limits.FreeSlots, free > 0 && context.Left.Sweeping ? Math.Max(free, context.Left.Room) : free);

    private Task WaitAfterError(string why, TimeSpan? told, CancellationToken cancellation)
    {
        var wait = pause.GetNext(told);
        context.Log.PollFailed(why, wait);
        return Task.Delay(wait, clock, cancellation);
    }

    private void InterruptForLarge()
    {
        lock (gate)
        {
            if (parked is { } poll && parkedForLarge is false && context.Payloads.HasRoom) _ = poll.CancelAsync();
        }
    }

    private void Interrupt(bool onlyWhenFull)
    {
        lock (gate)
        {
            if (parked is { } poll && (!onlyWhenFull || (parkedFor == 0 && attempts.Free > 0))) _ = poll.CancelAsync();
        }
    }
}

/// <summary>
/// What the poll loop uses of the daemon: how long to wait, who takes offers, where to log, the owner's pause, and what is left at the
/// server: <paramref name="Sift"/> adds to that and answers with the other offers.
/// </summary>
internal sealed record PollContext(
    TimeSpan Wait, Action<Offer> Accept, Func<IReadOnlyList<Offer>, Task<IReadOnlyList<Offer>>> Sift, WorkerLog Log, PauseOrder Paused,
    SkippedOffers Left)
{
    public required LargePayloads Payloads { get; init; }
}
