using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

// What a person is told of a task that waits.
internal sealed partial class Backlog
{
    /// <summary>What this queue knows about why a task waits.</summary>
    public QueueFacts GetFacts(Guid task, string? key, int waitingWorkers, string tokenId = "")
    {
        entries.TryGetValue(task, out var entry);
        var holder = key is not null && lanes.TryGetValue(key, out var lane) ? lane.Holder ?? lane.First?.Task : null;
        return new QueueFacts
        {
            KeyHeldBy = holder == task ? null : holder,
            WaitingWorkers = waitingWorkers,
            OfferedTo = entry?.OfferedTo,
            Ahead = entry is { OfferedTo: null } ? CountAhead(entry) : null,
            ReachedLimit = FindReachedLimit(tokenId),
        };
    }

    /// <summary>
    /// Known tasks with the same requirements that go before one: its own token's, and of each other token those with a higher priority,
    /// and at most one a turn of those with the same. Those of a token that has as many running as it may go before nobody.
    /// </summary>
    private int CountAhead(BacklogEntry entry)
    {
        var (urgent, turnsBefore) = CountFirst(entry.Group, entry, own: true);
        var ahead = urgent + turnsBefore;
        foreach (var group in groups.Values)
        {
            if (group.Requires != entry.Group.Requires || ReferenceEquals(group, entry.Group) || group.Share.IsFull) continue;
            var (before, equal) = CountFirst(group, entry, own: false);
            var isBefore = group.Share.LastTurn.CompareTo(entry.Group.Share.LastTurn);
            ahead += before + Math.Min(equal, isBefore <= 0 ? turnsBefore + 1 : turnsBefore);
        }
        return ahead;
    }

    /// <summary>What waits in a group with a higher priority than an entry, and with the same: of its own what came before it.</summary>
    private static (int Urgent, int Equal) CountFirst(BacklogGroup group, BacklogEntry entry, bool own)
    {
        var (urgent, equal) = (0, 0);
        foreach (var other in group.All)
        {
            if (other.OfferedTo is not null) continue;
            var order = other.Entry.Priority.CompareTo(entry.Entry.Priority);
            if (order > 0) urgent++;
            else if (order == 0 && (!own || BacklogOrder.ByArrival.Compare(other, entry) < 0)) equal++;
        }
        return (urgent, equal);
    }
}
