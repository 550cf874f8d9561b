using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

/// <summary>Tasks that require the same labels: a window on the head of their backlog.</summary>
internal sealed class BacklogGroup(string requires)
{
    public string Requires { get; } = requires;

    /// <summary>The one worker that can take them, when they name one.</summary>
    public string? Worker { get; } = WorkerLabel.FindName(requires);

    /// <summary>Everything known of the group, offered ones included.</summary>
    public HashSet<BacklogEntry> All { get; } = [];

    /// <summary>What may start: nobody has it, and its key is free. What is beyond the window has others before it in the table.</summary>
    public SortedSet<BacklogEntry> Ready { get; } = new(BacklogOrder.ByPriority);

    /// <summary>
    /// What is to be handed out next, in the order of the whole table; null: nothing, or a read of the table must tell. What was offered
    /// and came back, and what is first in line for its key, may be beyond the window: others that only the table knows come before it.
    /// </summary>
    public BacklogEntry? First => !IsHeldBack && Ready.Min is { } first && (Complete || IsInWindow(first.Entry)) ? first : null;

    /// <summary>Nothing of the group is in the table that is not known here, but tasks of keys that were left out.</summary>
    public bool Complete { get; set; }

    /// <summary>The table may have tasks of the group that are not known here.</summary>
    public bool Hides => !Complete || LeftOut is not null;

    /// <summary>Nothing of it can be handed out before the table is read.</summary>
    public bool WaitsForTable => IsHeldBack || (!Complete && First is null);

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
