namespace OpenClaw.GrainInterfaces.Tasks;

/// <summary>What a human said.</summary>
[GenerateSerializer, Alias("ApprovalDecision")]
public enum ApprovalDecision
{
    /// <summary>Nothing yet.</summary>
    None = 0,
    /// <summary>It may start.</summary>
    Approve = 1,
    /// <summary>It must not.</summary>
    Reject = 2,
}

/// <summary>A worker whose owner wants to be asked before an attempt starts.</summary>
[GenerateSerializer, Immutable, Alias("ApprovalAsk")]
public sealed record ApprovalAsk
{
    /// <summary>The rule of the owner's that wants it.</summary>
    [Id(0)] public required string Rule { get; init; }
    /// <summary>SHA-256 (hex) of what would run, by the worker's own reckoning.</summary>
    [Id(1)] public required string Digest { get; init; }
    /// <summary>A sentence for people; never the payload.</summary>
    [Id(2)] public string? Summary { get; init; }
    /// <summary>How long the owner wants to be waited for.</summary>
    [Id(3)] public TimeSpan WaitFor { get; init; }
    /// <summary>The owner also lets people decide who are not at the PC.</summary>
    [Id(4)] public bool Remote { get; init; }
    /// <summary>What was decided at the PC; none: it waits.</summary>
    [Id(5)] public ApprovalDecision Decision { get; init; }
    /// <summary>Of people who are not at the PC a signed yes counts alone.</summary>
    [Id(6)] public bool SignedOnly { get; init; }
    /// <summary>The files that the yes would be to, a line each; null: it was not said.</summary>
    [Id(7)] public string[]? Bound { get; init; }
    /// <summary>Why they are not all of what would run; null: they are, or it was not said.</summary>
    [Id(8)] public string? Open { get; init; }
}

/// <summary>An attempt that waits for a human, held for the worker that asked. Kept with the task, gone with its start or end.</summary>
[GenerateSerializer, Immutable, Alias("ApprovalWait")]
public sealed record ApprovalWait
{
    /// <summary>The attempt that would start.</summary>
    [Id(0)] public required int Attempt { get; init; }
    /// <summary>The worker that asked; nobody else may start it.</summary>
    [Id(1)] public required string Worker { get; init; }
    /// <summary>Session epoch of that worker when it asked; a newer session goes on with the wait.</summary>
    [Id(2)] public long Epoch { get; init; }
    /// <summary>The rule of the owner's.</summary>
    [Id(3)] public required string Rule { get; init; }
    /// <summary>SHA-256 (hex) of what would run. A decision counts for this only.</summary>
    [Id(4)] public required string Digest { get; init; }
    /// <summary>A sentence for people.</summary>
    [Id(5)] public string? Summary { get; init; }
    /// <summary>May be approved through the gateway.</summary>
    [Id(6)] public bool Remote { get; init; }
    /// <summary>Since when.</summary>
    [Id(7)] public DateTimeOffset Since { get; init; }
    /// <summary>Undecided until then it is rejected.</summary>
    [Id(8)] public DateTimeOffset Until { get; init; }
    /// <summary>Approved or not, it must start before this: the clock of startWithin goes on.</summary>
    [Id(9)] public DateTimeOffset StartBy { get; init; }
    /// <summary>A human said yes; the worker may start it, once.</summary>
    [Id(10)] public bool Approved { get; init; }
    /// <summary>Id of the token the yes came with; the worker's own when it was said at the PC.</summary>
    [Id(11)] public string? ApprovedBy { get; init; }
    /// <summary>The yes did not come from the PC itself.</summary>
    [Id(12)] public bool ApprovedRemotely { get; init; }
    /// <summary>A yes that does not come from the PC itself counts signed alone.</summary>
    [Id(13)] public bool SignedOnly { get; init; }
    /// <summary>The yes as it was signed, JSON, unopened; null: it was not.</summary>
    [Id(14)] public string? Signed { get; init; }
    /// <summary>The files that the yes is to, a line each; null: the worker did not say.</summary>
    [Id(15)] public string[]? Bound { get; init; }
    /// <summary>Why they are not all of what would run; null: they are, or the worker did not say.</summary>
    [Id(16)] public string? Open { get; init; }
}
