using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Waits;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Approvals;

/// <summary>
/// Holds an attempt until a human has said yes. The wait is the server's (its clock, its record); the answer is the owner's: one said at the
/// PC is told to the server, one that comes from the server counts only when the owner's terms say so and its digest is that of what would run.
/// </summary>
internal sealed class ApprovalDesk(
    ServerLink link, SessionKeeper sessions, AttemptTable attempts, ApprovalBooks books, Func<ApprovalTerms> terms, ApprovalContext context)
{
    /// <summary>The rule that asked is gone from the policy meanwhile.</summary>
    private const string NoRule = "none";
    private static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(0.5);
    /// <summary>So often the server is asked whether what has its yes, and waits for its time, is still wanted.</summary>
    private static readonly TimeSpan StillWanted = TimeSpan.FromSeconds(25);

    /// <summary>
    /// The yes that stands for a while; null: none, or a rule asks that is not covered. A task that meets two rules needs a yes to both.
    /// </summary>
    public Consent? StandingYes(Judgement judged, string kind) =>
        judged.Asking.Any() && judged.Asking.All(asking => books.Rules.Find(asking.Rule, kind) is not null)
            ? new Consent([.. judged.Asking.Select(asking => asking.Rule)]) : null;

    /// <summary>It starts because of a yes that stands for a while.</summary>
    public void NoteStandingYes(HeldAttempt held, Consent yes)
    {
        held.Consent = yes;
        books.Audit.Approval(held.Offer, Digest(held.Offer), "allowed-by-rule", yes.Rules![0], "owner");
    }

    /// <summary>True: it is among those that wait for their owner. Else the offer is left alone, and named to the server so that it goes on to others.</summary>
    public bool TryPark(Offer offer)
    {
        if (attempts.TryPark(offer))
            return true;
        Leave(offer);
        return false;
    }

    /// <summary>True: too many wait for their owner already, and the offer is left alone.</summary>
    public bool LeaveWhenFull(Offer offer)
    {
        if (attempts.MayPark(offer))
            return false;
        Leave(offer);
        return true;
    }

    private void Leave(Offer offer)
    {
        if (books.Left.Add(offer.AttemptId))
            context.Log.TooManyWait(AttemptTable.MostParked);
    }

    /// <summary>
    /// True: it may be started now, once: it has a yes, the server knows, and it has a slot. False: it must not, or not by this daemon.
    /// <paramref name="known"/>: what is known to be the answer already. <paramref name="since"/>: it waited for a daemon before this one.
    /// </summary>
    public async Task<bool> WaitForYes(HeldAttempt held, Judgement judged, OwnerAnswer? known, DateTimeOffset? since)
    {
        var offer = held.Offer;
        var pending = Pending(offer, judged, since ?? context.Clock.GetUtcNow());
        if (known is not null)
            pending.Decide(known);
        if (!Saved(pending))
            return false;
        attempts.Park(offer);
        books.Pending.Add(pending);
        try
        {
            if (since is null)
                books.Audit.Approval(offer, pending.Digest, "asked", pending.Rule, null);
            if (known is null)
                context.Log.AwaitsApproval(offer.AttemptId, pending.Rule);
            while (await Answered(held, pending).ConfigureAwait(false))
            {
                if (await Begin(pending).ConfigureAwait(false) is { } begun)
                    return begun;
            }
            Settled(offer.AttemptId);
            return false;
        }
        finally
        {
            books.Pending.Remove(pending);
        }
    }

    /// <summary>Nothing is waited for any more: it was asked to start, or must not.</summary>
    public void Settled(string attemptId) => books.Offers.Remove(attemptId);

    /// <summary>Digest of what would run here.</summary>
    public string Digest(Offer offer) => WorkDigest.Of(offer, context.Worker, context.Folder);

    /// <summary>A rule that is not allowed for a while is the one to be asked about.</summary>
    private PendingApproval Pending(Offer offer, Judgement judged, DateTimeOffset since)
    {
        var asking = judged.Asking.OrderByDescending(rule => books.Rules.Find(rule.Rule, offer.Kind) is null).ToArray();
        string[] rules = asking.Length > 0 ? [.. asking.Select(rule => rule.Rule)] : [judged.Permission.Rule is { Length: > 0 } rule ? rule : NoRule];
        return new PendingApproval(
            offer, rules, asking.Length > 0 ? asking[0].Sentence : judged.Permission.Sentence, Digest(offer), since);
    }

    private bool Saved(PendingApproval pending)
    {
        try
        {
            books.Offers.Save(WaitingOffer.Of(pending));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            context.Log.NoJournal(pending.Offer.AttemptId, error);
            return false;
        }
    }

    /// <summary>
    /// True: it has a slot. False: this daemon begins nothing more; the next one finds the yes where it is kept. Null: not yet, and the server
    /// is to be asked again, because it may have been cancelled, or the owner took his yes back.
    /// </summary>
    private async Task<bool?> Begin(PendingApproval pending)
    {
        var changed = pending.Now.Changed;
        if (!pending.Agreed)
            return null;
        using var late = new CancellationTokenSource(StillWanted, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.Ending, late.Token);
        var unparked = attempts.Unpark(pending.Offer.AttemptId, either.Token);
        if (await Task.WhenAny(unparked, changed).ConfigureAwait(false) != unparked)
            await late.CancelAsync().ConfigureAwait(false);
        try
        {
            if (!await unparked.ConfigureAwait(false))
                return false;
        }
        catch (OperationCanceledException) when (!context.Ending.IsCancellationRequested)
        {
            return null;
        }
        if (pending.Begin())
            return true;
        // The yes was taken back in the moment the slot came.
        attempts.Park(pending.Offer);
        return null;
    }

    private async Task<bool> Answered(HeldAttempt held, PendingApproval pending)
    {
        var pause = Reconnect.Jittered(LongestRetry);
        while (true)
        {
            var (began, known) = (context.Clock.GetTimestamp(), pending.Until is not null);
            var (told, changed) = pending.Now;
            var reply = await Ask(pending, told, changed).ConfigureAwait(false);
            var waited = context.Clock.GetElapsedTime(began);
            if (reply is { IsOk: true, Value: { } answer })
            {
                link.Holds.NoteAnswer(waited);
                pending.Until = context.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(answer.ExpiresIn);
                held.WaitsAtServer = true;
                if (Verdict(held, pending, answer, told) is { } verdict)
                    return verdict;
                pause.Reset();
                // A server that answers at once is not to be asked a thousand times a second. The first question is meant to be.
                var atOnce = known && waited < Breath;
                await Rest(changed, atOnce ? LongestRetry : TimeSpan.Zero).ConfigureAwait(false);
            }
            else if (!reply.MayRetry && !reply.SessionLost)
            {
                books.Audit.Approval(pending.Offer, pending.Digest, "refused-by-server", pending.Rule, null);
                context.Log.NotStarted(pending.Offer.AttemptId, reply.Why);
                return false;
            }
            else
            {
                // A call that was given up because the owner spoke is made again at once, with his answer; one that a proxy cut, too.
                var again = changed.IsCompleted || (reply.NoAnswer is { InTime: true } && WasCut(waited));
                await Rest(changed, again ? TimeSpan.Zero : pause.Next()).ConfigureAwait(false);
            }
        }
    }

    private bool WasCut(TimeSpan waited) => link.Holds.NoteCut(waited) != CutMeaning.Failure;

    /// <summary>
    /// Asks, and waits at the server; an answer at the PC ends that wait. The first question is not held, so that it is known at once until when
    /// the server waits.
    /// </summary>
    private async Task<Reply<ApprovalAnswer>> Ask(PendingApproval pending, OwnerAnswer? told, Task changed)
    {
        var wait = told is null && !pending.Agreed && pending.Until is not null ? (long)link.Holds.Shorten(HeldFor).TotalMilliseconds : 0;
        using var call = CancellationTokenSource.CreateLinkedTokenSource(context.Ending);
        var asked = sessions.With(session => link.AskApproval(pending.Offer.AttemptId, Body(pending, session, told, wait), call.Token), call.Token);
        if (await Task.WhenAny(asked, changed).ConfigureAwait(false) != asked)
            await call.CancelAsync().ConfigureAwait(false);
        try
        {
            return await asked.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.Ending.IsCancellationRequested)
        {
            return new Reply<ApprovalAnswer>(null, null, new NoAnswer("given up"));
        }
    }

    private AskApproval Body(PendingApproval pending, string session, OwnerAnswer? told, long wait) => new()
    {
        Session = session,
        Rule = pending.Rule,
        Digest = pending.Digest,
        WaitFor = (long)terms().Wait.TotalMilliseconds,
        Remote = terms().FromGateway,
        Decision = told is null ? null : told.Yes ? "approve" : "reject",
        Wait = wait,
    };

    /// <summary>
    /// Null: it waits on. The server can always say no; its yes is trusted no further than the owner's terms, and never against his own no.
    /// </summary>
    private bool? Verdict(HeldAttempt held, PendingApproval pending, ApprovalAnswer answer, OwnerAnswer? told)
    {
        var offer = pending.Offer;
        var yes = answer.Decision == "approve" && answer.Digest == pending.Digest && (told?.Yes ?? (answer.Remotely && terms().FromGateway));
        if (yes)
        {
            // Asked again while it waits for its time: nothing new.
            var known = pending.Agreed;
            if (!pending.Agree(told))
                return null;
            if (!known)
                NoteYes(held, pending, told);
            return true;
        }
        if (answer.Decision is "wait" or "approve")
            return null;
        var by = told switch { null => "gateway", { By: DecidedBy.Policy } => "policy", _ => "owner" };
        books.Audit.Approval(offer, pending.Digest, answer.Reason ?? answer.State, pending.Rule, by);
        context.Log.NotStarted(offer.AttemptId, answer.Reason ?? answer.State);
        return false;
    }

    private void NoteYes(HeldAttempt held, PendingApproval pending, OwnerAnswer? told)
    {
        var (consent, outcome, by, where) = told?.By switch
        {
            null => (Consent.ToThis, "approved", "gateway", "through the gateway"),
            DecidedBy.Owner => (Consent.ToThis, "approved", "owner", "at this PC"),
            DecidedBy.Rule => (new Consent(pending.Rules), "allowed-by-rule", "owner", "by a rule that is allowed for a while"),
            _ => (null, "allowed-by-policy", "policy", "by the policy, which asks no more"),
        };
        held.Consent = consent;
        books.Audit.Approval(pending.Offer, pending.Digest, outcome, pending.Rule, by);
        context.Log.Approved(pending.Offer.AttemptId, where);
    }

    private async Task Rest(Task changed, TimeSpan time)
    {
        if (time > TimeSpan.Zero)
            await Task.WhenAny(Task.Delay(time, context.Clock, context.Ending), changed).ConfigureAwait(false);
        context.Ending.ThrowIfCancellationRequested();
    }
}

/// <summary>What approvals are told of the daemon: its name, the folder relative paths start from.</summary>
internal sealed record ApprovalContext(string Worker, string Folder, TimeProvider Clock, WorkerLog Log, CancellationToken Ending);
