using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Approvals;

/// <summary>The terms of the owner's (<c>approval</c> of the policy): who may say yes, and how long one waits for it.</summary>
internal sealed record ApprovalTerms
{
    public static ApprovalTerms Default { get; } = new();

    /// <summary>A yes through the gateway counts, too; without this the gateway is not trusted to decide what runs.</summary>
    public bool FromGateway { get; init; }

    /// <summary>What the policy makes of signatures: where it requires them, a yes through the gateway counts signed alone.</summary>
    public SignatureMode Signatures { get; init; }

    public bool SignedOnly => Signatures == SignatureMode.Require;

    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A yes may be given for a while, to a rule and a kind.</summary>
    public bool Temporary { get; init; } = true;
}

/// <summary>
/// One attempt that waits for the owner. <paramref name="rules"/>: all that ask about it; the first has no yes for a while and is the one
/// that is shown.
/// </summary>
internal sealed class PendingApproval(Offer offer, IReadOnlyList<string> rules, string sentence, string digest, DateTimeOffset since)
{
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OwnerAnswer? answer;
    private bool begun;

    public Offer Offer => offer;
    public string Rule => rules[0];
    public IReadOnlyList<string> Rules => rules;
    public string Sentence => sentence;
    public string Digest => digest;
    public DateTimeOffset Since => since;
    /// <summary>The files a yes is bound to.</summary>
    public WorkBinding Binding { get; init; } = WorkBinding.None;

    /// <summary>Until when the server waits; null: it has not been reached yet.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>The server has the yes, and only the time for the start has not come.</summary>
    public bool Agreed { get; private set; }

    /// <summary>Why the last yes that came through the gateway does not count, a word; null: none came.</summary>
    public string? RefusedYes { get; set; }

    /// <summary>The answer given at the PC; null: none yet.</summary>
    public OwnerAnswer? Answer => Now.Answer;

    /// <summary>The answer, and a task that completes when there is another one.</summary>
    public (OwnerAnswer? Answer, Task Changed) Now { get { lock (gate) return (answer, changed.Task); } }

    /// <summary>
    /// The first answer counts, but a yes can be taken back until the attempt begins. False: it was decided already. <paramref
    /// name="keep"/> makes the answer durable before anybody acts on it; what it throws leaves everything as it was.
    /// </summary>
    public bool TryDecide(OwnerAnswer next, Action? keep = null)
    {
        TaskCompletionSource before;
        lock (gate)
        {
            if (begun || answer is { Yes: false } || (answer is not null && next.Yes)) return false;
            keep?.Invoke();
            before = ReplaceAnswer(next);
        }
        before.TrySetResult();
        return true;
    }

    /// <summary>
    /// The rule that let it run is not allowed any more: it waits for a yes again. False: it has begun, or its yes is another one.
    /// </summary>
    public bool TryWithdraw()
    {
        TaskCompletionSource before;
        lock (gate)
        {
            if (begun || answer is not { Yes: true, By: DecidedBy.Rule }) return false;
            before = ReplaceAnswer(null);
        }
        before.TrySetResult();
        return true;
    }

    /// <summary>The server agreed to a start. False: the owner has changed his answer since the server got it.</summary>
    public bool TryAgree(OwnerAnswer? known)
    {
        lock (gate)
            return Agreed = ReferenceEquals(known, answer);
    }

    /// <summary>It has a slot; from now on no answer changes anything. False: its yes was taken back.</summary>
    public bool TryBegin()
    {
        lock (gate)
            return begun = Agreed;
    }

    private TaskCompletionSource ReplaceAnswer(OwnerAnswer? next)
    {
        (answer, Agreed) = (next, false);
        var before = changed;
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return before;
    }
}

/// <summary>All that wait for the owner now.</summary>
internal sealed class PendingApprovals
{
    private readonly Lock gate = new();
    private readonly List<PendingApproval> waiting = [];

    public IReadOnlyList<PendingApproval> All { get { lock (gate) return [.. waiting]; } }

    public void Add(PendingApproval pending)
    {
        lock (gate)
            waiting.Add(pending);
    }

    public void Remove(PendingApproval pending)
    {
        lock (gate)
            waiting.Remove(pending);
    }

    /// <summary>Those whose attempt or task begins with these characters.</summary>
    public IReadOnlyList<PendingApproval> FindByPrefix(string start) =>
        [.. All.Where(pending => pending.Offer.AttemptId.StartsWith(start, StringComparison.Ordinal))];
}
