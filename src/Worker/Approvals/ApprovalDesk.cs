using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Approvals;

/// <summary>The files and the talk of approvals.</summary>
internal sealed record ApprovalBooks(WaitingOffers Offers, HourRules Rules, PendingApprovals Pending, AuditLog Audit);

/// <summary>
/// Holds an attempt until a human has said yes. The wait is the server's (its clock, its record); the word is the owner's: one said at the
/// PC is told to the server, one that comes from the server counts only when the owner's terms say so and its digest is that of what would run.
/// </summary>
internal sealed class ApprovalDesk(
    ServerLink link, SessionKeeper sessions, AttemptTable attempts, ApprovalBooks books, Func<ApprovalTerms> terms, ApprovalContext context)
{
    /// <summary>The rule that asked is gone from the policy meanwhile.</summary>
    private const string NoRule = "none";
    private const long HeldFor = 25_000;
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(0.5);
    private static readonly Task Never = new TaskCompletionSource().Task;

    /// <summary>True: it may be started now, once. False: it must not; who wants to know has been told.</summary>
    public async Task<bool> Cleared(HeldAttempt held, Verdict verdict, bool resumed)
    {
        var offer = held.Offer;
        if (books.Rules.Find(verdict.Rule, offer.Kind) is { } rule && !resumed)
        {
            books.Audit.Approval(offer, Digest(offer), "allowed-by-rule", rule.Rule, "owner");
            return true;
        }
        var pending = new PendingApproval(offer, verdict.Rule.Length > 0 ? verdict.Rule : NoRule, verdict.Sentence, Digest(offer), context.Clock.GetUtcNow());
        if (!Saved(pending))
            return false;
        books.Pending.Add(pending);
        attempts.Park(offer);
        try
        {
            if (!resumed)
                books.Audit.Approval(offer, pending.Digest, "asked", verdict.Rule, null);
            else if (verdict.Kind != VerdictKind.NeedsApproval || books.Rules.Find(verdict.Rule, offer.Kind) is not null)
                pending.Decide(verdict.Kind != VerdictKind.Rejected);
            context.Log.AwaitsApproval(offer.AttemptId, verdict.Rule);
            if (await Answered(pending).ConfigureAwait(false))
                return await attempts.Unpark(offer.AttemptId, context.Ending).ConfigureAwait(false);
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

    private bool Saved(PendingApproval pending)
    {
        try
        {
            books.Offers.Save(WaitingOffer.Of(pending.Offer, pending.Rule, pending.Sentence, pending.Since));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            context.Log.NoJournal(pending.Offer.AttemptId, error);
            return false;
        }
    }

    private async Task<bool> Answered(PendingApproval pending)
    {
        var pause = Reconnect.Jittered(LongestRetry);
        while (true)
        {
            var began = context.Clock.GetTimestamp();
            var (reply, told) = await Ask(pending).ConfigureAwait(false);
            if (reply is { IsOk: true, Value: { } answer })
            {
                if (Verdict(pending, answer, told) is { } verdict)
                    return verdict;
                pause.Reset();
                pending.Until = context.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(answer.ExpiresIn);
                // A server that answers at once is not to be asked a thousand times a second.
                await Rest(pending, context.Clock.GetElapsedTime(began) < Breath ? LongestRetry : TimeSpan.Zero).ConfigureAwait(false);
            }
            else if (reply.NoAnswer is null && !reply.MayRetry && !reply.SessionLost)
            {
                books.Audit.Approval(pending.Offer, pending.Digest, "refused-by-server", pending.Rule, null);
                context.Log.NotStarted(pending.Offer.AttemptId, reply.Why);
                return false;
            }
            else
            {
                // A call that was given up because the owner spoke is made again at once, with the word.
                await Rest(pending, told == pending.Decided.IsCompleted ? pause.Next() : TimeSpan.Zero).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Asks, and waits at the server; a word at the PC ends that wait. Whether the word was told with the call.</summary>
    private async Task<(Reply<ApprovalAnswer> Reply, bool Told)> Ask(PendingApproval pending)
    {
        var told = pending.Decided.IsCompleted;
        using var call = CancellationTokenSource.CreateLinkedTokenSource(context.Ending);
        var asked = sessions.With(session => link.AskApproval(pending.Offer.AttemptId, Body(pending, session, told), call.Token), call.Token);
        if (!told && await Task.WhenAny(asked, pending.Decided).ConfigureAwait(false) != asked)
            await call.CancelAsync().ConfigureAwait(false);
        try
        {
            return (await asked.ConfigureAwait(false), told);
        }
        catch (OperationCanceledException) when (!context.Ending.IsCancellationRequested)
        {
            return (new Reply<ApprovalAnswer>(null, null, "given up"), told);
        }
    }

    private AskApproval Body(PendingApproval pending, string session, bool told) => new()
    {
        Session = session,
        Rule = pending.Rule,
        Digest = pending.Digest,
        WaitFor = (long)terms().Wait.TotalMilliseconds,
        Remote = terms().FromGateway,
        Decision = !told ? null : pending.Decided.Result ? "approve" : "reject",
        Wait = told ? 0 : HeldFor,
    };

    /// <summary>
    /// Null: it waits on. The server can always say no; its yes is trusted no further than the owner's terms: the owner is waited for then.
    /// </summary>
    private bool? Verdict(PendingApproval pending, ApprovalAnswer answer, bool told)
    {
        var offer = pending.Offer;
        var here = told && pending.Decided.Result;
        var yes = answer.Decision == "approve" && answer.Digest == pending.Digest && (here || terms().FromGateway);
        if (yes)
        {
            books.Audit.Approval(offer, pending.Digest, "approved", pending.Rule, here ? "owner" : "gateway");
            context.Log.Approved(offer.AttemptId, here ? "at this PC" : "through the gateway");
            return true;
        }
        if (answer.Decision is "wait" or "approve")
            return null;
        books.Audit.Approval(offer, pending.Digest, answer.Reason ?? answer.State, pending.Rule, told ? "owner" : "gateway");
        context.Log.NotStarted(offer.AttemptId, answer.Reason ?? answer.State);
        return false;
    }

    private async Task Rest(PendingApproval pending, TimeSpan time)
    {
        if (time > TimeSpan.Zero)
            await Task.WhenAny(Task.Delay(time, context.Clock, context.Ending), pending.Decided.IsCompleted ? Never : pending.Decided).ConfigureAwait(false);
        context.Ending.ThrowIfCancellationRequested();
    }
}

/// <summary>What approvals are told of the daemon: its name, the folder relative paths start from.</summary>
internal sealed record ApprovalContext(string Worker, string Folder, TimeProvider Clock, WorkerLog Log, CancellationToken Ending);
