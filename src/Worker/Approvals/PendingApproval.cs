using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Worker.Approvals;

/// <summary>The terms of the owner's (<c>approval</c> of the policy): who may say yes, and how long one waits for it.</summary>
internal sealed record ApprovalTerms
{
    public static ApprovalTerms Default { get; } = new();

    /// <summary>A yes through the gateway counts, too; without this the gateway is not trusted to decide what runs.</summary>
    public bool FromGateway { get; init; }

    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>One attempt that waits for the owner.</summary>
internal sealed class PendingApproval(Offer offer, string rule, string sentence, string digest, DateTimeOffset since)
{
    private readonly TaskCompletionSource<bool> decided = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Offer Offer => offer;
    public string Rule => rule;
    public string Sentence => sentence;
    public string Digest => digest;
    public DateTimeOffset Since => since;

    /// <summary>Until when the server waits; null: it has not been told.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Yes or no, once it was said at the PC.</summary>
    public Task<bool> Decided => decided.Task;

    /// <summary>The first word counts; false: it was decided already.</summary>
    public bool Decide(bool yes) => decided.TrySetResult(yes);
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
    public IReadOnlyList<PendingApproval> Find(string start) =>
        [.. All.Where(pending => pending.Offer.AttemptId.StartsWith(start, StringComparison.Ordinal))];
}
