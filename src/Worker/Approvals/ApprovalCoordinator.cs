using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Approvals;

/// <summary>Holds an attempt until a human has said yes and there is a slot for it.</summary>
internal sealed class ApprovalCoordinator(AttemptTable attempts, ApprovalRecords books, ApprovalRequester question, ApprovalContext context)
{
    /// <summary>The rule that asked is gone from the policy meanwhile.</summary>
    private const string NoRule = "none";
    /// <summary>So often the server is asked whether what has its yes, and waits for its time, is still wanted.</summary>
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromSeconds(25);
    private volatile bool crowded;

    /// <summary>
    /// The yes that stands for a while; null: none, or a rule asks that is not covered. A task that meets two rules needs a yes to both.
    /// </summary>
    public GrantedApproval? FindTemporaryYes(ExplainedVerdict judged, string kind) =>
        judged.Asking.Any() && judged.Asking.All(asking => books.TemporaryApprovals.FindActive(asking.Rule, kind) is not null)
            ? new GrantedApproval([.. judged.Asking.Select(asking => asking.Rule)]) : null;

    /// <summary>It starts because of a yes that stands for a while.</summary>
    public void ApplyTemporaryYes(HeldAttempt held, GrantedApproval yes)
    {
        held.Approval = yes;
        books.Audit.RecordApproval(held.Offer, ComputeDigest(held.Offer), "allowed-by-rule", yes.Rules![0], "owner");
    }

    /// <summary>
    /// True: it is among those that wait for their owner. Else the offer is left alone, and named to the server so that it goes on to
    /// others.
    /// </summary>
    public bool TryPark(Offer offer)
    {
        if (attempts.TryPark(offer))
        {
            crowded = false;
            return true;
        }
        LeaveOffer(offer);
        return false;
    }

    /// <summary>True: too many wait for their owner already, and the offer is left alone.</summary>
    public bool LeaveWhenFull(Offer offer)
    {
        if (attempts.CanPark(offer)) return false;
        LeaveOffer(offer);
        return true;
    }

    private void LeaveOffer(Offer offer)
    {
        books.Left.Add(offer.AttemptId);
        // Logged once, not for each offer of each poll.
        if (!crowded) context.Log.TooManyWait(AttemptTable.MostParked);
        crowded = true;
    }

    /// <summary>
    /// True: it may be started now, once: it has a yes, the server knows, and it has a slot. False: it must not, or not by this daemon.
    /// <paramref name="known"/>: what is known to be the answer already. <paramref name="since"/>: it waited for a daemon before this one.
    /// </summary>
    public async Task<bool> WaitForYes(HeldAttempt held, ExplainedVerdict judged, OwnerAnswer? known, DateTimeOffset? since)
    {
        var offer = held.Offer;
        // What waited for a daemon before this one is bound to what its owner was shown.
        if (since is null && context.Binder is { } binder) held.Binding = await binder.BindOffer(offer, context.Ending);
        var pending = CreatePending(held, judged, since ?? context.Clock.GetUtcNow());
        if (known is not null) pending.TryDecide(known);
        if (!TrySave(pending)) return false;
        attempts.Park(offer);
        books.Pending.Add(pending);
        try
        {
            if (since is null) books.Audit.RecordApproval(offer, pending.Digest, "asked", pending.Rule, null);
            if (known is null) context.Log.AwaitsApproval(offer.AttemptId, pending.Rule);
            while (await question.AskUntilDecided(held, pending))
            {
                if (await WaitForSlot(pending) is { } begun) return begun;
            }
            ForgetOffer(offer.AttemptId);
            return false;
        }
        finally
        {
            books.Pending.Remove(pending);
        }
    }

    /// <summary>Nothing is waited for any more: it was asked to start, or must not.</summary>
    public void ForgetOffer(string attemptId) => books.Offers.Remove(attemptId);

    /// <summary>Digest of what would run here; of what is not bound to files yet, of what was asked.</summary>
    public string ComputeDigest(Offer offer, WorkBinding? binding = null) =>
        WorkDigest.ComputeHash(offer, context.Worker, context.Folder, (binding ?? WorkBinding.None).Text);

    /// <summary>A rule that is not allowed for a while is the one to be asked about.</summary>
    private PendingApproval CreatePending(HeldAttempt held, ExplainedVerdict judged, DateTimeOffset since)
    {
        var (offer, digest) = (held.Offer, ComputeDigest(held.Offer, held.Binding));
        var asking = judged.Asking.OrderByDescending(rule => books.TemporaryApprovals.FindActive(rule.Rule, offer.Kind) is null).ToArray();
        if (asking.Length > 0)
            return new PendingApproval(offer, [.. asking.Select(rule => rule.Rule)], asking[0].Sentence, digest, since)
            {
                Binding = held.Binding,
            };
        var permission = judged.Permission;
        return new PendingApproval(offer, [permission.Rule.Length > 0 ? permission.Rule : NoRule], permission.Sentence, digest, since)
        {
            Binding = held.Binding,
        };
    }

    private bool TrySave(PendingApproval pending)
    {
        try
        {
            books.Offers.Save(WaitingOffer.FromPending(pending));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            context.Log.NoJournal(pending.Offer.AttemptId, error);
            return false;
        }
    }

    /// <summary>
    /// True: it has a slot. False: this daemon begins nothing more; the next one finds the yes where it is kept. Null: not yet, and the
    /// server is to be asked again, because it may have been cancelled, or the owner took his yes back.
    /// </summary>
    private async Task<bool?> WaitForSlot(PendingApproval pending)
    {
        var changed = pending.Now.Changed;
        if (!pending.Agreed) return null;
        using var late = new CancellationTokenSource(RecheckInterval, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.Ending, late.Token);
        var unparked = attempts.UnparkWhenFree(pending.Offer.AttemptId, either.Token);
        if (await Task.WhenAny(unparked, changed) != unparked) await late.CancelAsync();
        try
        {
            if (!await unparked) return false;
        }
        catch (OperationCanceledException) when (!context.Ending.IsCancellationRequested)
        {
            return null;
        }
        if (pending.TryBegin()) return true;
        // The yes was taken back in the moment the slot came.
        attempts.Park(pending.Offer);
        return null;
    }
}

/// <summary>What approvals use of the daemon: its name, the folder that relative paths start from.</summary>
internal sealed record ApprovalContext(string Worker, string Folder, TimeProvider Clock, WorkerLog Log, CancellationToken Ending)
{
    /// <summary>Finds the files a yes is bound to; null: it is bound to what was asked alone.</summary>
    public WorkBinder? Binder { get; init; }

    /// <summary>Judges a yes that somebody signed; null: none counts.</summary>
    public RemoteYesJudge? RemoteYes { get; init; }
}
