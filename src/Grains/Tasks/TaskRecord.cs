using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Tasks;

/// <summary>
/// The truth about one task: what storage keeps in its row, plus a few volatile fields that may be lost with the
/// activation. Immutable: a step makes a new one, the grain adopts it after the commit.
/// </summary>
[GenerateSerializer, Immutable, Alias("TaskRecord")]
public sealed record TaskRecord
{
    /// <summary>Id of the task; the key of its grain.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>What was asked for. Never changes, but that a turn may be pinned to a worker once (<see cref="Transition.Pin"/>).</summary>
    [Id(1)] public required TaskSpec Spec { get; init; }
    /// <summary>State. <see cref="TaskState.Offered"/> is never stored: such a record's row says queued.</summary>
    [Id(2)] public TaskState State { get; init; }
    /// <summary>Grows by one with every durable step; the row's compare-and-set column.</summary>
    [Id(3)] public long Version { get; init; }
    /// <summary>Number of the latest started attempt; 0 before the first. Never falls.</summary>
    [Id(4)] public int Attempt { get; init; }
    /// <summary>Attempts that have failed: what <c>maxAttempts</c> bounds.</summary>
    [Id(5)] public int FailedAttempts { get; init; }
    /// <summary>A cancel waits for the worker's answer.</summary>
    [Id(6)] public bool CancelRequested { get; init; }
    /// <summary>Why it is in this state, a word.</summary>
    [Id(7)] public string? Reason { get; init; }
    /// <summary>When it was accepted.</summary>
    [Id(8)] public DateTimeOffset CreatedAt { get; init; }
    /// <summary>No attempt before this (back-off between attempts).</summary>
    [Id(9)] public DateTimeOffset? NotBefore { get; init; }
    /// <summary>When the latest attempt's start was committed.</summary>
    [Id(10)] public DateTimeOffset? StartedAt { get; init; }
    /// <summary>When it ended; null: it has not.</summary>
    [Id(11)] public DateTimeOffset? EndedAt { get; init; }
    /// <summary>Worker of the latest attempt.</summary>
    [Id(12)] public string? Worker { get; init; }
    /// <summary>Session epoch of that worker at the start; 0: compatible protocol, no heartbeats.</summary>
    [Id(13)] public long Epoch { get; init; }
    /// <summary>What the worker reported of the attempt that ended the task.</summary>
    [Id(14)] public AttemptOutcome? Outcome { get; init; }
    /// <summary>A true report after the end.</summary>
    [Id(15)] public AttemptOutcome? LateResult { get; init; }
    /// <summary>
    /// When somebody must look at the task again, null for never. Stored with every commit; a hint that the sweep reads,
    /// derived from the other fields by TaskObligations.
    /// </summary>
    [Id(16)] public DateTimeOffset? WakeAt { get; init; }
    /// <summary>The transition that made this version: storage writes it as the audit row, in the same statement.</summary>
    [Id(17)] public Transition? Last { get; init; }

    /// <summary>Volatile: to whom it is offered.</summary>
    [Id(18)] public Holder? OfferedTo { get; init; }
    /// <summary>Volatile: when that offer is void.</summary>
    [Id(19)] public DateTimeOffset? OfferExpires { get; init; }
    /// <summary>Volatile: when the holder's lease runs out; a fresh lease is assumed on activation.</summary>
    [Id(20)] public DateTimeOffset? LeaseUntil { get; init; }
    /// <summary>
    /// Volatile: since when the holder has been heard of without a gap. Null after an activation: its lease is assumed only, and an
    /// assumption is no ground to say that the attempt ran too long.
    /// </summary>
    [Id(21)] public DateTimeOffset? HeardSince { get; init; }
    /// <summary>
    /// Ticket of the call that started the latest attempt in one with its offer; null when it was started otherwise. A repeat of that
    /// call is known by it.
    /// </summary>
    [Id(22)] public Guid? StartTicket { get; init; }
    /// <summary>The approval that <see cref="TaskState.AwaitingApproval"/> waits for; null in every other state.</summary>
    [Id(23)] public ApprovalWait? Approval { get; init; }
    /// <summary>
    /// Volatile: all that the latest attempt printed, when it came with its end. Storage writes it in the same statement; the next version
    /// has it no more.
    /// </summary>
    [Id(24)] public EndOutput? Output { get; init; }
}

/// <summary>What happened, and who did it. The audit row of a version.</summary>
[GenerateSerializer, Immutable, Alias("Transition")]
public sealed record Transition(
    [property: Id(0)] string Trigger,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] Actor Actor,
    [property: Id(3)] int Attempt)
{
    /// <summary>The trigger that changes which labels a task requires.</summary>
    public const string Pin = "pin";

    /// <summary>The trigger that brings a worker's report.</summary>
    public const string Finish = "finish";
}
