using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Storage.Tasks;

/// <summary>
/// States as rows hold them. The numbers are those of <see cref="TaskState"/>; as text they stand in statements, which are constants.
/// </summary>
internal static class StoredState
{
    public const string Queued = "1";
    public const string Running = "3";

    /// <summary>Every end has this number or a larger one, everything else a smaller one.</summary>
    public const string FirstEnd = "4";

    /// <summary>Every state a row can be in.</summary>
    public static readonly TaskState[] All =
    [
        TaskState.Queued, TaskState.Running, TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled,
        TaskState.TimedOut, TaskState.Expired, TaskState.Rejected, TaskState.Lost,
    ];

    /// <summary>Those of them that are no end.</summary>
    public static readonly TaskState[] Unended = [.. All.Where(state => !state.IsEnd())];

    /// <summary>The state a row may hold: an offer lives in memory only, a wait for approval in a column of its own.</summary>
    public static TaskState FromState(TaskState state) =>
        state is TaskState.Offered or TaskState.AwaitingApproval ? TaskState.Queued : state;

    /// <summary>
    /// The ranges of rows that hold these states. What waits for approval has one of its own, and is among the queued.
    /// </summary>
    public static IEnumerable<TaskState> ToRanges(IReadOnlyList<TaskState> states)
    {
        var stored = states.Where(state => state != TaskState.AwaitingApproval).Select(FromState).Distinct();
        return states.Contains(TaskState.AwaitingApproval) && !states.Any(state => state is TaskState.Queued or TaskState.Offered)
            ? stored.Append(TaskState.AwaitingApproval)
            : stored;
    }
}
