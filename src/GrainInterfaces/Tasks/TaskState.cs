using OpenClaw.Protocol.Attempts;

namespace OpenClaw.GrainInterfaces.Tasks;

/// <summary>The states of a task, docs/task-lifecycle.md. Ends are final: no trigger leaves them.</summary>
[GenerateSerializer, Alias("TaskState")]
public enum TaskState
{
    /// <summary>Invalid: no task has it. Guards against a zeroed value.</summary>
    None = 0,
    /// <summary>Accepted and committed; waits for a worker, or for its next attempt's time.</summary>
    Queued = 1,
    /// <summary>A worker has seen it and may ask to start. Held in memory only; the stored row says queued.</summary>
    Offered = 2,
    /// <summary>The start of an attempt is committed; a process may exist.</summary>
    Running = 3,
    /// <summary>End: exit code 0.</summary>
    Succeeded = 4,
    /// <summary>End: exit code not 0, or it could not be started.</summary>
    Failed = 5,
    /// <summary>End: cancelled before the start, or ended on request while it ran.</summary>
    Cancelled = 6,
    /// <summary>End: it ran longer than its timeout, or was silent for too long.</summary>
    TimedOut = 7,
    /// <summary>End: never started within startWithin.</summary>
    Expired = 8,
    /// <summary>End: the worker's own policy said no.</summary>
    Rejected = 9,
    /// <summary>End: the worker vanished; what happened is not known.</summary>
    Lost = 10,
    /// <summary>
    /// A worker holds it and waits for a human's yes. The stored row says queued, not before the end of the wait: a silo that does
    /// not know of approvals leaves it alone until then.
    /// </summary>
    AwaitingApproval = 11,
}

/// <summary>Questions about a <see cref="TaskState"/>.</summary>
public static class TaskStates
{
    /// <summary>True for the seven ends.</summary>
    public static bool IsEnd(this TaskState state) => state is TaskState.Succeeded or TaskState.Failed or TaskState.Cancelled
        or TaskState.TimedOut or TaskState.Expired or TaskState.Rejected or TaskState.Lost;

    /// <summary>The name on the wire: <c>queued</c>, <c>timed_out</c>, ...</summary>
    public static string ToWireName(this TaskState state) => state switch
    {
        TaskState.Queued => "queued",
        TaskState.Offered => "offered",
        TaskState.Running => "running",
        TaskState.Succeeded => Outcomes.Succeeded,
        TaskState.Failed => Outcomes.Failed,
        TaskState.Cancelled => Outcomes.Cancelled,
        TaskState.TimedOut => Outcomes.TimedOut,
        TaskState.Expired => "expired",
        TaskState.Rejected => Outcomes.Rejected,
        TaskState.Lost => Outcomes.Lost,
        TaskState.AwaitingApproval => "awaiting_approval",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a task state"),
    };
}
