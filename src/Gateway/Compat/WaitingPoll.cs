namespace OpenClaw.Gateway.Compat;

/// <summary>A held poll of the compatible protocol; its result is the task it is given, or null. Whoever answers first decides.</summary>
internal sealed class WaitingPoll : TaskCompletionSource<Guid?>
{
    private readonly CancellationToken aborted;

    public WaitingPoll(TimeSpan until, CancellationToken aborted) : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        (Until, this.aborted) = (until, aborted);
        Node = new(this);
    }

    /// <summary>When it is to be answered, with or without a task.</summary>
    public TimeSpan Until { get; }

    /// <summary>Questions the shared poll had asked when it came: those were not for this one.</summary>
    public long EnteredAfter { get; set; }

    /// <summary>Its node in the line of the shared poll.</summary>
    public LinkedListNode<WaitingPoll> Node { get; }

    /// <summary>True while it can be given a task: unanswered, and its connection is there.</summary>
    public bool IsWaiting => !Task.IsCompleted && !aborted.IsCancellationRequested;
}
