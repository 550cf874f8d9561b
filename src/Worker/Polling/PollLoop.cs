using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Waits;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Polling;

/// <summary>
/// Holds one poll at the gateway. With free slots it brings offers; without, it still brings cancels at once. A slot that becomes free
/// ends a poll that asked for none.
/// </summary>
internal sealed class PollLoop
{
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Crowded = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(0.3);
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
        heartbeats.Unheard += Interrupt;
    }

    /// <summary>Why no work is asked for now, a sentence; null: it is.</summary>
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
            var session = await sessions.WaitForLive(cancellation).ConfigureAwait(false);
            await heartbeats.WaitForFirstBeat(cancellation).ConfigureAwait(false);
            await PollOnce(session, cancellation).ConfigureAwait(false);
            // What can't be named comes back with the next poll. Cancels come with the heartbeat meanwhile.
            if (context.Left is { Sweeping: true, Room: 0 })
                await Task.Delay(Crowded, clock, cancellation).ConfigureAwait(false);
        }
    }

    private async Task PollOnce(SessionOpened session, CancellationToken cancellation)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (poll, began) = (CreatePoll(session, giveUp), clock.GetTimestamp());
        Reply<PollAnswer> reply;
        try
        {
            reply = await link.PollTasks(poll, giveUp.Token).ConfigureAwait(false);
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
        var held = clock.GetElapsedTime(began);
        if (reply.FitsOlderServer && sessions.ReopenForProtocol(session.Session))
            return;
        if (reply is { IsOk: true, Value: { } answer })
            await HandleAnswer(answer, held, poll.Wait, cancellation).ConfigureAwait(false);
        else if (reply.SessionLost)
            sessions.MarkLost(session.Session);
        else if (reply.NoAnswer is not { InTime: true } || !await RetryAfterCut(held, cancellation).ConfigureAwait(false))
            await WaitAfterError(reply.Why, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// A poll that was held for long and then cut met the clock of a proxy, most likely: nothing is wrong with the server, and a task may
    /// be waiting. False: it failed at once.
    /// </summary>
    private async Task<bool> RetryAfterCut(TimeSpan held, CancellationToken cancellation)
    {
        var meaning = link.Holds.RecordCut(held);
        if (meaning == CutMeaning.Shortened)
            context.Log.HoldsCut(held, link.Holds.ShortenWait(held));
        if (meaning == CutMeaning.Failure)
            return false;
        // Where it was a server that died, its workers don't come back in one instant.
        await Task.Delay(Random.Shared.NextDouble() * Spread, clock, cancellation).ConfigureAwait(false);
        return true;
    }

    private Poll CreatePoll(SessionOpened session, CancellationTokenSource giveUp)
    {
        var longest = TimeSpan.FromMilliseconds(Math.Min(session.PollWait, (long)context.Wait.TotalMilliseconds));
        var wait = (long)link.Holds.ShortenWait(longest).TotalMilliseconds;
        lock (gate)
        {
            var broken = noWorkFor - clock.GetElapsedTime(noWorkSince);
            var paused = context.Paused.Left is { } owner && owner > broken ? owner : broken;
            if (paused > TimeSpan.Zero)
                wait = (long)Math.Min(wait, paused.TotalMilliseconds + 1);
            parkedFor = paused > TimeSpan.Zero ? 0 : CountSlots(attempts.Free);
            parked = giveUp;
            string[] held = [.. attempts.HeldOfferIds.Concat(context.Left.Ids).Take(Limits.Held)];
            // What is left at the server is judged by its payload, so none comes without.
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
            // A poll says it once. What is not started when the heartbeat goes out is not in it, and sends one more once it is.
            attempts.AnnounceCancels(cancels);
            heartbeats.BeatNow();
        }
        // Among many that are left at the server there may be one to take.
        var offers = context.Left.Sweeping ? await context.Sift(answer.Offers).ConfigureAwait(false) : answer.Offers;
        if (offers.Count > 0 || answer.Offers.Length == 0)
            context.Left.EndSweep();
        foreach (var offer in offers)
            context.Accept(offer);
        // A server that answers at once with nothing is not to be asked a thousand times a second.
        if (answer.Offers.Length == 0 && took < Breath && wait > Breath.TotalMilliseconds)
            await Task.Delay(Breath, clock, cancellation).ConfigureAwait(false);
    }

    /// <summary>Those that are left at the server take no slot, so many can be looked at in one call.</summary>
    private int CountSlots(int free) =>
        Math.Min(Limits.FreeSlots, free > 0 && context.Left.Sweeping ? Math.Max(free, context.Left.Room) : free);

    private Task WaitAfterError(string why, CancellationToken cancellation)
    {
        var wait = pause.GetNext();
        context.Log.PollFailed(why, wait);
        return Task.Delay(wait, clock, cancellation);
    }

    private void InterruptForLarge()
    {
        lock (gate)
        {
            if (parked is { } poll && parkedForLarge is false && context.Payloads.HasRoom)
                _ = poll.CancelAsync();
        }
    }

    private void Interrupt(bool onlyWhenFull)
    {
        lock (gate)
        {
            if (parked is { } poll && (!onlyWhenFull || (parkedFor == 0 && attempts.Free > 0)))
                _ = poll.CancelAsync();
        }
    }
}

/// <summary>
/// What the poll loop is told of the daemon: how long to wait, who takes offers, where to log, the owner's pause, and what is left at the
/// server: <paramref name="Sift"/> adds to that and answers with the other offers.
/// </summary>
internal sealed record PollContext(
    TimeSpan Wait, Action<Offer> Accept, Func<IReadOnlyList<Offer>, Task<IReadOnlyList<Offer>>> Sift, WorkerLog Log, PauseOrder Paused,
    SkippedOffers Left)
{
    public required LargePayloads Payloads { get; init; }
}
