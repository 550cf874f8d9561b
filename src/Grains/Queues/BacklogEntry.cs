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
