using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Waits;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Signing;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Approvals;

/// <summary>
/// Asks the server about an attempt that waits. The wait is the server's (its clock, its record); the answer is the owner's: one given at
/// the PC is sent to the server, one that comes from the server counts only when the owner's terms say so and its digest is that of what
/// would run.
/// </summary>
internal sealed class ApprovalRequester(
    ServerLink link, SessionKeeper sessions, ApprovalRecords books, Func<ApprovalTerms> terms, ApprovalContext context)
{
    private static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(0.5);

    /// <summary>True: the server knows of a yes that counts. False: it must not start, and why is on record.</summary>
    public async Task<bool> AskUntilDecided(HeldAttempt held, PendingApproval pending)
    {
        var pause = ReconnectDelay.CreateJittered(LongestRetry);
        while (true)
        {
            var (began, known) = (context.Clock.GetTimestamp(), pending.Until is not null);
            var (ownerAnswer, changed) = pending.Now;
            var reply = await AskServer(pending, ownerAnswer, changed);
            var waited = context.Clock.GetElapsedTime(began);
            if (reply is { IsOk: true, Value: { } answer })
            {
                link.Holds.RecordAnswer(waited);
                pending.Until = context.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(answer.ExpiresIn);
                held.WaitsAtServer = true;
                if (ApplyAnswer(held, pending, answer, ownerAnswer) is { } verdict) return verdict;
                pause.Reset();
                // A server that answers at once is not to be asked a thousand times a second. The first question is meant to be.
                var atOnce = known && waited < MinInterval;
                await WaitForChange(changed, atOnce ? LongestRetry : TimeSpan.Zero);
            }
            else if (!reply.MayRetry && !reply.SessionLost)
            {
                books.Audit.RecordApproval(pending.Offer, pending.Digest, "refused-by-server", pending.Rule, null);
                context.Log.NotStarted(pending.Offer.AttemptId, reply.Why);
                return false;
            }
            else
            {
                // A call that was given up because the owner spoke is made again at once, with his answer; one that a proxy cut, too.
                var again = changed.IsCompleted || (reply.NoAnswer is { InTime: true } && WasCut(waited));
                await WaitForChange(changed, again ? TimeSpan.Zero : pause.GetNext());
            }
        }
    }

    private bool WasCut(TimeSpan waited)
    {
        var meaning = link.Holds.RecordCut(waited);
        if (meaning == CutMeaning.Shortened) context.Log.HoldsCut(waited, link.Holds.ShortenWait(waited));
        return meaning != CutMeaning.Failure;
    }

    /// <summary>
    /// Asks, and waits at the server; an answer at the PC ends that wait. The first question is not held, so that it is known at once until
    /// when the server waits.
    /// </summary>
    private async Task<Reply<ApprovalAnswer>> AskServer(
        PendingApproval pending, OwnerAnswer? answer, Task changed, bool tellsFiles = true)
    {
        var held = answer is null && !pending.Agreed && pending.Until is not null;
        var wait = held ? (long)link.Holds.ShortenWait(HeldFor).TotalMilliseconds : 0;
        using var call = CancellationTokenSource.CreateLinkedTokenSource(context.Ending);
        AskApproval? question = null;
        var asked = sessions.CallInSession(
            session => link.AskApproval(
                pending.Offer.AttemptId, question = CreateRequest(pending, session, answer, wait, tellsFiles && link.KnowsBinding),
                call.Token),
            call.Token);
        if (await Task.WhenAny(asked, changed) != asked) await call.CancelAsync();
        try
        {
            var reply = await asked;
            // A gateway of before beside a new one refuses the field that it does not know: no word about the question.
            if (question is null || reply.Problem is not { Status: 400 }) return reply;
            // What is for people's eyes alone can be left out.
            if (question.Bound is not null) return await AskServer(pending, answer, changed, tellsFiles: false);
            if (question is not { SignedOnly: true }) return reply;
            _ = sessions.ReopenForProtocol(question.Session);
            return new Reply<ApprovalAnswer>(null, null, new NoAnswer(reply.Why, InTime: false));
        }
        catch (OperationCanceledException) when (!context.Ending.IsCancellationRequested)
        {
            return new Reply<ApprovalAnswer>(null, null, new NoAnswer("given up"));
        }
    }

    private AskApproval CreateRequest(PendingApproval pending, string session, OwnerAnswer? answer, long wait, bool tellsFiles) => new()
    {
        Session = session,
        Rule = pending.Rule,
        Digest = pending.Digest,
        WaitFor = (long)terms().Wait.TotalMilliseconds,
        Remote = terms() is { FromGateway: true } remote && (link.KnowsSignedYes || !remote.SignedOnly),
        SignedOnly = link.KnowsSignedYes && terms() is { FromGateway: true, SignedOnly: true } ? true : null,
        Bound = tellsFiles ? BindingText.ListLines(pending.Binding) : null,
        Open = tellsFiles ? BindingText.DescribeOpen(pending.Binding) : null,
        Decision = answer is null ? null : answer.Yes ? "approve" : "reject",
        Wait = wait,
    };

    /// <summary>
    /// Null: it waits on. The server can always say no; its yes is trusted no further than the owner's terms, and never against his own no.
    /// </summary>
    private bool? ApplyAnswer(HeldAttempt held, PendingApproval pending, ApprovalAnswer answer, OwnerAnswer? ownerAnswer)
    {
        var offer = pending.Offer;
        var agrees = answer.Decision == "approve" && answer.Digest == pending.Digest;
        var remote = agrees && ownerAnswer is null && answer.Remotely && terms().FromGateway ? JudgeRemoteYes(pending, answer) : null;
        if (agrees && (ownerAnswer?.Yes ?? remote is not null && (remote.Objection is null || !terms().SignedOnly)))
        {
            // Asked again while it waits for its time: nothing new.
            var known = pending.Agreed;
            if (!pending.TryAgree(ownerAnswer)) return null;
            if (!known) RecordYes(held, pending, ownerAnswer, remote?.Key);
            if (!known && remote?.Until is { } end) AllowTemporarily(pending, end);
            return true;
        }
        if (remote?.Objection is { } objection) RecordRefusedYes(pending, objection);
        if (answer.Decision is "wait" or "approve") return null;
        var by = ownerAnswer switch { null => "gateway", { By: DecidedBy.Policy } => "policy", _ => "owner" };
        books.Audit.RecordApproval(offer, pending.Digest, answer.Reason ?? answer.State, pending.Rule, by);
        context.Log.NotStarted(offer.AttemptId, answer.Reason ?? answer.State);
        return false;
    }

    /// <summary>Where nobody looks at signatures it is the server's word.</summary>
    private RemoteYes JudgeRemoteYes(PendingApproval pending, ApprovalAnswer answer) =>
        terms().Signatures == SignatureMode.Off || context.RemoteYes is not { } judge
            ? new RemoteYes(null, null, null)
            : judge.JudgeYes(answer.Signed, AskedWork.FromPending(pending));

    /// <summary>Once for each reason: the server is asked again every few seconds.</summary>
    private void RecordRefusedYes(PendingApproval pending, Verdict objection)
    {
        if (pending.RefusedYes == objection.Rule) return;
        pending.RefusedYes = objection.Rule;
        books.Audit.RecordRefusedYes(pending.Offer, pending.Digest, pending.Rule, objection.Rule);
        context.Log.YesRefused(pending.Offer.AttemptId, objection.Sentence);
    }

    /// <summary>Only a signed yes says it, and only where the owner's terms allow one.</summary>
    private void AllowTemporarily(PendingApproval pending, DateTimeOffset end)
    {
        if (!books.TemporaryApprovals.AreAllowed()) return;
        try
        {
            var rule = books.TemporaryApprovals.Add(pending.Rule, pending.Offer.Kind, end - context.Clock.GetUtcNow());
            books.Audit.RecordRemoteRule(rule, books.TemporaryApprovals.ToLocalEnd(rule));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The attempt has its yes; the next one is asked about.
            context.Log.NoJournal(pending.Offer.AttemptId, error);
        }
    }

    private void RecordYes(HeldAttempt held, PendingApproval pending, OwnerAnswer? answer, TrustedKey? key)
    {
        var (approval, outcome, by, where) = answer?.By switch
        {
            null when key is not null => (GrantedApproval.ForAttempt, "approved", $"key {key.Name}", $"by the key {key.Title}"),
            null => (GrantedApproval.ForAttempt, "approved", "gateway", "through the gateway"),
            DecidedBy.Owner => (GrantedApproval.ForAttempt, "approved", "owner", "at this PC"),
            DecidedBy.Rule => (new GrantedApproval(pending.Rules), "allowed-by-rule", "owner", "by a rule that is allowed for a while"),
            _ => (null, "allowed-by-policy", "policy", "by the policy, which asks no more"),
        };
        held.Approval = approval;
        books.Audit.RecordApproval(pending.Offer, pending.Digest, outcome, pending.Rule, by);
        context.Log.Approved(pending.Offer.AttemptId, where);
    }

    private async Task WaitForChange(Task changed, TimeSpan time)
    {
        if (time > TimeSpan.Zero) await Task.WhenAny(Task.Delay(time, context.Clock, context.Ending), changed);
        context.Ending.ThrowIfCancellationRequested();
    }
}
