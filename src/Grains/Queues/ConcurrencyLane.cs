using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

/// <summary>Tasks with one concurrency key: one at a time, in order of arrival.</summary>
internal sealed class ConcurrencyLane(string key)
{
    public string Key { get; } = key;

    /// <summary>Task that is offered or runs with the key; null: free.</summary>
    public Guid? Holder { get; set; }

    /// <summary>Change count at the last message about the holder: a read of the busy keys that began before it knows less.</summary>
    public long ChangedAt { get; set; }

    /// <summary>Known tasks with the key, offered ones included.</summary>
    public int EntryCount { get; set; }

    /// <summary>Those known that wait for it, in order of arrival.</summary>
    public SortedSet<BacklogEntry> Line { get; } = new(BacklogOrder.ByArrival);

    /// <summary>The one of the line that is in its group's ready set.</summary>
    public BacklogEntry? First { get; set; }

    /// <summary>True when <see cref="Confirmed"/> is what the table said.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>What is first in the whole table's line for the key; null: the table had nobody, or was not asked.</summary>
    public QueueEntry? Confirmed { get; set; }

    /// <summary>The table is to be asked who is first.</summary>
    public bool Unread { get; set; }

    /// <summary>Count of changes when a task with the key was last left to the table.</summary>
    public long RefusedAt { get; set; }

    /// <summary>True when the first of those known is the first of the table.</summary>
    public bool IsSure => IsConfirmed && Confirmed?.Task == Line.Min?.Task;
}
