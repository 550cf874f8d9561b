using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

/// <summary>One known task of the backlog: waiting, or offered to a worker.</summary>
internal sealed class BacklogEntry(QueueEntry entry, BacklogGroup group, ConcurrencyLane? lane)
{
    public QueueEntry Entry { get; } = entry;
    public BacklogGroup Group { get; } = group;
    public ConcurrencyLane? Lane { get; } = lane;

    public Guid Task => Entry.Task;

    /// <summary>Change count at the last message about the task: a read that began before it knows less than this entry.</summary>
    public long ChangedAt { get; set; }

    /// <summary>Worker it is offered to; null: nobody.</summary>
    public string? OfferedTo { get; set; }

    /// <summary>Session of that worker.</summary>
    public long OfferEpoch { get; set; }

    /// <summary>When the offer is void.</summary>
    public DateTimeOffset OfferExpires { get; set; }

    /// <summary>Until when the offer may be kept standing while its payload is on its way.</summary>
    public DateTimeOffset KeptUntil { get; set; }

    /// <summary>In the group's ready set: may be handed out now.</summary>
    public bool Ready { get; set; }
}

/// <summary>The order of a group: priority, then arrival. Ids alone say nothing of arrival.</summary>
internal sealed class BacklogOrder : IComparer<BacklogEntry>
{
    public static readonly BacklogOrder ByPriority = new(true);
    public static readonly BacklogOrder ByArrival = new(false);

    private readonly bool priorities;

    private BacklogOrder(bool priorities) => this.priorities = priorities;

    public int Compare(BacklogEntry? x, BacklogEntry? y) => CompareEntries(x!.Entry, y!.Entry, priorities);

    public static int CompareEntries(in QueueEntry x, in QueueEntry y, bool priorities = true)
    {
        var order = priorities ? y.Priority.CompareTo(x.Priority) : 0;
        if (order == 0) order = x.CreatedAt.CompareTo(y.CreatedAt);
        return order != 0 ? order : x.Task.CompareTo(y.Task);
    }
}

/// <summary>Finds the implicit label that names one worker.</summary>
internal static class WorkerLabel
{
    private const string Prefix = LabelSet.WorkerPrefix;

    /// <summary>The name in <c>worker:name</c>, when the set has such a label.</summary>
    public static string? FindName(string labels)
    {
        var (start, length) = LocateLabel(labels);
        return length == 0 ? null : labels.Substring(start + Prefix.Length, length - Prefix.Length);
    }

    /// <summary>The set without that label: what workers of one make have in common.</summary>
    public static string RemoveFrom(string labels)
    {
        var (start, length) = LocateLabel(labels);
        if (length == 0) return labels;
        var end = start + length;
        return end < labels.Length ? labels.Remove(start, length + 1) : labels[..Math.Max(0, start - 1)];
    }

    private static (int Start, int Length) LocateLabel(string labels)
    {
        var start = labels.StartsWith(Prefix, StringComparison.Ordinal) ? 0 : labels.IndexOf("," + Prefix, StringComparison.Ordinal) + 1;
        if (start == 0 && !labels.StartsWith(Prefix, StringComparison.Ordinal)) return (0, 0);
        var end = labels.IndexOf(',', start);
        return (start, (end < 0 ? labels.Length : end) - start);
    }
}

/// <summary>Tasks of one token that require the same labels: a window on the head of their backlog.</summary>
internal sealed class BacklogGroup(GroupName name, TokenShare share)
{
    public GroupName Name { get; } = name;
    public TokenShare Share { get; } = share;

    public string Requires => Name.Requires;

    /// <summary>The one worker that can take them, when they name one.</summary>
    public string? Worker { get; } = WorkerLabel.FindName(name.Requires);

    /// <summary>Everything known of the group, offered ones included.</summary>
    public HashSet<BacklogEntry> All { get; } = [];

    /// <summary>What may start: nobody has it, and its key is free. What is beyond the window has others before it in the table.</summary>
    public SortedSet<BacklogEntry> Ready { get; } = new(BacklogOrder.ByPriority);

    /// <summary>
    /// What comes next, in the order of the whole table; null: nothing, or a read of the table must tell. What was offered
    /// and came back, and what is first in line for its key, may be beyond the window: others that only the table knows come before it.
    /// </summary>
    public BacklogEntry? Next => !IsHeldBack && Ready.Min is { } first && (Complete || IsInWindow(first.Entry)) ? first : null;

    /// <summary>What is to be handed out next; null also while as many tasks of the token run as may.</summary>
    public BacklogEntry? First => Share.IsFull ? null : Next;

    /// <summary>Nothing of the group is in the table that is not known here, but tasks of keys that were left out.</summary>
    public bool Complete { get; set; }

    /// <summary>The table may have tasks of the group that are not known here.</summary>
    public bool Hides => !Complete || LeftOut is not null;

    /// <summary>Nothing of it can be handed out before the table is read, and something might be then.</summary>
    public bool WaitsForTable => !Share.IsFull && (IsHeldBack || (!Complete && Next is null));

    /// <summary>True when everything that comes before this entry is known.</summary>
    public bool IsInWindow(in QueueEntry entry) => Tail is { } tail && BacklogOrder.CompareEntries(entry, tail) <= 0;

    /// <summary>Nothing of it was ever read.</summary>
    public bool Unread => !Complete && Tail is null;

    /// <summary>
    /// Keys whose tasks the last load left out, because they filled the window and could not start. The one that is first in line for
    /// such a key is asked of the table once the key is free. Null: none.
    /// </summary>
    public IReadOnlySet<string>? LeftOut { get; set; }

    /// <summary>The first in line for some key is to be asked of the table, and may be the next of this group.</summary>
    public bool IsHeldBack { get; set; }

    /// <summary>Number of the last look at which the table had tasks of it; 0: none.</summary>
    public long NamedAt { get; set; }

    public bool Dropped { get; set; }

    /// <summary>Last entry of the window; what comes after it stays in the table. Null: never loaded, or complete.</summary>
    public QueueEntry? Tail { get; set; }

    /// <summary>Count of changes when a task was last left to the table.</summary>
    public long RefusedAt { get; set; }

    /// <summary>In the list of groups that got something to hand out.</summary>
    public bool Woken { get; set; }

    /// <summary>A load that brought nothing to hand out is not repeated before this.</summary>
    public DateTimeOffset LoadAfter { get; set; }

    /// <summary>The load in flight; null: none.</summary>
    public Task? Loading { get; set; }
}
