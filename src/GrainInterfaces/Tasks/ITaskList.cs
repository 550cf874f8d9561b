namespace OpenClaw.GrainInterfaces.Tasks;

/// <summary>Questions over many tasks, answered by the tasks table itself: the row is the read model.</summary>
public interface ITaskList
{
    /// <summary>A page of tasks, newest first.</summary>
    ValueTask<TaskPage> ReadPage(TaskQuery query, CancellationToken cancellation);

    /// <summary>
    /// How many tasks are in each state; may be a few seconds old. After a start with very many that have ended, those numbers grow until
    /// all are counted.
    /// </summary>
    ValueTask<IReadOnlyDictionary<TaskState, long>> CountAll(string tenant, CancellationToken cancellation);

    /// <summary>How many are in each state that is no end; may be a few seconds old. However many have ended, it takes no longer.</summary>
    ValueTask<IReadOnlyDictionary<TaskState, long>> CountUnended(string tenant, CancellationToken cancellation);

    /// <summary>How many tasks of a token are queued now, at most <paramref name="limit"/>.</summary>
    ValueTask<int> CountQueued(string tenant, string tokenId, int limit, CancellationToken cancellation);

    /// <summary>Agent sessions of a tenant by last activity, newest first.</summary>
    ValueTask<IReadOnlyList<SessionActivity>> ReadSessions(string tenant, int limit, CancellationToken cancellation);
}

/// <summary>Filter and page of a list; null means any.</summary>
public sealed record TaskQuery
{
    /// <summary>Whose tasks.</summary>
    public required string Tenant { get; init; }
    /// <summary>States wanted; empty: any. Offered rows are stored as queued.</summary>
    public IReadOnlyList<TaskState> States { get; init; } = [];
    /// <summary>Worker of the latest attempt.</summary>
    public string? Worker { get; init; }
    /// <summary>Kind.</summary>
    public string? Kind { get; init; }
    /// <summary>Created at or after.</summary>
    public DateTimeOffset? Since { get; init; }
    /// <summary>Where the page before ended.</summary>
    public TaskCursor? Cursor { get; init; }
    /// <summary>At most so many; 1 to 500.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>A place in the list, newest first.</summary>
public readonly record struct TaskCursor(DateTimeOffset CreatedAt, Guid Id);

/// <summary>A page and where the next one begins; null: this was the last.</summary>
public sealed record TaskPage(IReadOnlyList<TaskSnapshot> Tasks, TaskCursor? Next);

/// <summary>An agent session and how lately it was used.</summary>
public sealed record SessionActivity(string Session, DateTimeOffset LastActivity, int TaskCount);
