using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.GrainInterfaces.Tasks;

/// <summary>A task as its record stood at <see cref="Version"/>. Holds the envelope, never the payload.</summary>
[GenerateSerializer, Immutable, Alias("TaskSnapshot")]
public sealed record TaskSnapshot
{
    /// <summary>The task's id.</summary>
    [Id(0)] public required Guid Id { get; init; }
    /// <summary>The envelope; its payload is left out (empty).</summary>
    [Id(1)] public required TaskSpec Spec { get; init; }
    /// <summary>State; queued and offered read as <c>pending</c> on the compatible wire.</summary>
    [Id(2)] public required TaskState State { get; init; }
    /// <summary>Version of the record; only grows.</summary>
    [Id(3)] public required long Version { get; init; }
    /// <summary>Number of the latest started attempt, 1-based; 0 before the first start. The fencing number.</summary>
    [Id(4)] public int Attempt { get; init; }
    /// <summary>Attempts that count against maxAttempts.</summary>
    [Id(5)] public int FailedAttempts { get; init; }
    /// <summary>A cancel was asked for and has not been answered yet.</summary>
    [Id(6)] public bool CancelRequested { get; init; }
    /// <summary>The holder's lease has run out and the task has not been given up yet.</summary>
    [Id(7)] public bool WorkerUnreachable { get; init; }
    /// <summary>Why it is in this state, a word for programs: <c>exit-code</c>, <c>worker-restarted</c>, ...</summary>
    [Id(8)] public string? Reason { get; init; }
    /// <summary>Name of the worker that holds or held the latest attempt.</summary>
    [Id(9)] public string? Worker { get; init; }
    /// <summary>When it was accepted.</summary>
    [Id(10)] public DateTimeOffset CreatedAt { get; init; }
    /// <summary>Not to be started before (between attempts).</summary>
    [Id(11)] public DateTimeOffset? NotBefore { get; init; }
    /// <summary>When the latest attempt's start was committed.</summary>
    [Id(12)] public DateTimeOffset? StartedAt { get; init; }
    /// <summary>When it ended.</summary>
    [Id(13)] public DateTimeOffset? EndedAt { get; init; }
    /// <summary>What the worker reported; null when the end came without a report.</summary>
    [Id(14)] public AttemptOutcome? Outcome { get; init; }
    /// <summary>A true report that came after the end.</summary>
    [Id(15)] public AttemptOutcome? LateResult { get; init; }
    /// <summary>
    /// The approval it waits for. <see cref="State"/> then says queued, so that a gateway which does not know of approvals can show
    /// it; <see cref="TrueState"/> says what it is.
    /// </summary>
    [Id(16)] public ApprovalWait? Approval { get; init; }
    /// <summary>
    /// Session epoch of <see cref="Worker"/> when the latest attempt started; 0: the compatible protocol, or none has started.
    /// </summary>
    [Id(17)] public long Epoch { get; init; }
    /// <summary>
    /// Worker of the latest started attempt, also while the next one is offered to another; null: none, or a silo that does not say.
    /// </summary>
    [Id(18)] public string? StartedBy { get; init; }
    /// <summary>
    /// All that the attempt which ended it printed, while the grain remembers it; null: it has to be read from the store.
    /// </summary>
    [Id(19)] public EndOutput? Output { get; init; }

    /// <summary>The state in full.</summary>
    public TaskState TrueState => Approval is not null && State == TaskState.Queued ? TaskState.AwaitingApproval : State;
}
