using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

/// <summary>One known task of the backlog: waiting, or offered to a worker.</summary>
internal sealed class Place(QueueEntry entry, BacklogGroup group, KeyLane? lane)
{
    public QueueEntry Entry { get; } = entry;
    public BacklogGroup Group { get; } = group;
    public KeyLane? Lane { get; } = lane;

    public Guid Task => Entry.Task;

    /// <summary>Change count when the queue last heard of it; a load that began earlier is older than that.</summary>
    public long ToldAt { get; set; }

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
internal sealed class PlaceOrder : IComparer<Place>
{
    public static readonly PlaceOrder ByPriority = new(true);
    public static readonly PlaceOrder ByArrival = new(false);

    private readonly bool priorities;

    private PlaceOrder(bool priorities) => this.priorities = priorities;

    public int Compare(Place? x, Place? y) => Compare(x!.Entry, y!.Entry, priorities);

    public static int Compare(in QueueEntry x, in QueueEntry y, bool priorities = true)
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
    public static string? In(string labels)
    {
        var (start, length) = Find(labels);
        return length == 0 ? null : labels.Substring(start + Prefix.Length, length - Prefix.Length);
    }

    /// <summary>The set without that label: what workers of one make have in common.</summary>
    public static string Without(string labels)
    {
        var (start, length) = Find(labels);
        if (length == 0) return labels;
        var end = start + length;
        return end < labels.Length ? labels.Remove(start, length + 1) : labels[..Math.Max(0, start - 1)];
    }

    private static (int Start, int Length) Find(string labels)
    {
        var start = labels.StartsWith(Prefix, StringComparison.Ordinal) ? 0 : labels.IndexOf("," + Prefix, StringComparison.Ordinal) + 1;
        if (start == 0 && !labels.StartsWith(Prefix, StringComparison.Ordinal)) return (0, 0);
        var end = labels.IndexOf(',', start);
        return (start, (end < 0 ? labels.Length : end) - start);
    }
}
