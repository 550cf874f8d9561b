using System.Diagnostics.CodeAnalysis;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

/// <summary>
/// What a queue knows of its backlog: a window of ids for each group, the offers that stand, the concurrency keys. Pure: no clock,
/// no store, no silo. It may be wrong about a task, never about two: an id is handed to one poll while its offer lives.
/// </summary>
/// <remarks>
/// Only the turns of one queue grain call it, so no member locks. What holds between two calls:
/// <list type="bullet">
/// <item>each entry is in <c>entries</c> and in its group's <c>All</c>;</item>
/// <item>an entry is in its group's <c>Ready</c> set exactly while <c>Ready</c> is true: it is not offered, and has no key or is the
/// <c>First</c> of a lane that nobody holds;</item>
/// <item>a lane's <c>Line</c> has its entries that are not offered; an offer takes its entry out and makes it the <c>Holder</c>;</item>
/// <item><c>offers</c> and <c>silentOffers</c> may have outdated items (the offer was returned, started or extended): an item counts
/// only while its entry is offered and its time is still the entry's <c>OfferExpires</c>;</item>
/// <item>an entry of a session's offer is in <c>offeredTo</c> as well; offers without a session are not;</item>
/// <item><c>hiding</c> has the groups whose <c>Hides</c> is true: SetKnownWindow keeps that;</item>
/// <item>a task is in <c>counted</c> while its token has a limit and it is offered or runs, as far as is known; <c>full</c> has the
/// limits that are reached: UpdateRoom keeps that;</item>
/// <item>every message (Add, Remove) counts <c>changes</c> up, so that a read knows which messages it is older than.</item>
/// </list>
/// </remarks>
internal sealed partial class Backlog(TimeSpan offerLife, TimeSpan silentOfferLife, int window = 1000, int reloadAt = 100)
{
    private readonly Dictionary<Guid, BacklogEntry> entries = [];
    private readonly Dictionary<GroupName, BacklogGroup> groups = [];
    private readonly ServedGroups served = new();
    private readonly HashSet<BacklogGroup> hiding = [];
    private readonly Dictionary<string, ConcurrencyLane> lanes = new(StringComparer.Ordinal);
    private readonly Queue<(BacklogEntry Entry, DateTimeOffset Expires)> offers = new();
    private readonly Queue<(BacklogEntry Entry, DateTimeOffset Expires)> silentOffers = new();
    private readonly Dictionary<string, List<BacklogEntry>> offeredTo = new(StringComparer.Ordinal);
    private readonly Queue<BacklogGroup> woken = new();
    private long changes;

    /// <summary>Label sets compared with those of workers, ever: what a poll costs beyond what it takes.</summary>
    public long Compared => served.Compared;

    /// <summary>The next group that got something to hand out since it was last asked.</summary>
    public bool TryGetWoken([NotNullWhen(true)] out BacklogGroup? group)
    {
        if (!woken.TryDequeue(out group)) return false;
        group.Woken = false;
        return true;
    }

    /// <summary>
    /// A task may be started now. False when it belongs beyond the window: it is in the table, a later load brings it.
    /// </summary>
    public bool Add(in QueueEntry entry)
    {
        changes++;
        removed?.Remove(entry.Task);
        if (entries.TryGetValue(entry.Task, out var known))
        {
            known.ChangedAt = changes;
            // A silo of before knows no tokens: what is known of the task stays.
            var isSame = entry.TokenId is null ? known.Group.Name.Requires == entry.Requires
                : known.Group.Name == GroupName.FromEntry(entry);
            if (isSame)
            {
                UncountRun(entry.Task, isOffered: known.OfferedTo is not null);
                return true;
            }
            // It was pinned: nobody else may have it any more.
            entries.Remove(entry.Task);
            DetachEntry(known);
        }
        var group = GetOrAddGroup(GroupName.FromEntry(entry), complete: true);
        if (!FitsWindow(group, entry))
        {
            group.RefusedAt = changes;
            LeaveToTable(entry);
            return false;
        }
        InsertEntry(group, entry);
        return true;
    }

    /// <summary>A task left the backlog: it runs and holds its key, or it ended and the key is free.</summary>
    public void Remove(Guid task, string? key, bool ended)
    {
        changes++;
        removed?.Add(task);
        if (entries.Remove(task, out var entry))
        {
            if (!ended) CountStart(entry);
            DetachEntry(entry);
        }
        if (ended) UncountRun(task, isOffered: false);
        if (key is null) return;
        if (ended) FreeKey(key, task);
        else HoldKey(key, task);
    }

    /// <summary>The best task for a worker with these labels, marked as offered to it; null when there is none.</summary>
    public BacklogEntry? OfferBest(string worker, long epoch, string labels, DateTimeOffset now)
    {
        var best = FindBest(worker, labels);
        if (best is not null) OfferEntry(best, worker, epoch, now);
        return best;
    }

    /// <summary>The best task for a worker with these labels; null when there is none.</summary>
    public BacklogEntry? FindBest(string worker, string labels)
    {
        BacklogEntry? best = null;
        foreach (var group in served.GetGeneral(labels)) best = ChooseBetter(best, group);
        foreach (var group in served.GetOwn(worker, labels)) best = ChooseBetter(best, group);
        return best;
    }

    private BacklogGroup GetOrAddGroup(GroupName name, bool complete)
    {
        if (groups.TryGetValue(name, out var group)) return group;
        var share = GetOrAddShare(name.TokenId);
        group = new BacklogGroup(name, share) { Complete = complete };
        share.Groups.Add(group);
        groups.Add(name, group);
        served.Add(group);
        if (group.Hides) hiding.Add(group);
        return group;
    }

    private void InsertEntry(BacklogGroup group, in QueueEntry entry)
    {
        var lane = entry.ConcurrencyKey is { } key ? GetOrAddLane(key) : null;
        var added = new BacklogEntry(entry, group, lane) { ChangedAt = changes };
        entries.Add(entry.Task, added);
        group.All.Add(added);
        UncountRun(entry.Task, isOffered: false);
        if (lane is not null)
        {
            lane.EntryCount++;
            // It waits again, after a pause between attempts or a start that was never delivered.
            if (lane.Holder == entry.Task) lane.Holder = null;
        }
        MakeAvailable(added);
    }

    /// <summary>Puts an entry where it can be offered: at once, or in the line of its key.</summary>
    private void MakeAvailable(BacklogEntry entry)
    {
        if (entry.Lane is not { } lane)
        {
            MakeReady(entry);
            return;
        }
        lane.Line.Add(entry);
        PromoteFirst(lane);
    }

    private void MakeReady(BacklogEntry entry)
    {
        entry.Ready = true;
        entry.Group.Ready.Add(entry);
        WakeGroup(entry.Group);
    }

    private void WakeGroup(BacklogGroup group)
    {
        if (group.Woken) return;
        group.Woken = true;
        woken.Enqueue(group);
    }

    private static void RemoveFromReady(BacklogEntry entry)
    {
        if (entry.Ready) entry.Group.Ready.Remove(entry);
        entry.Ready = false;
    }

    /// <summary>Takes an entry out of every collection but <c>entries</c>, where its caller removes it.</summary>
    private void DetachEntry(BacklogEntry entry)
    {
        entry.Group.All.Remove(entry);
        if (entry.OfferedTo is not null) ForgetOffer(entry);
        RemoveFromReady(entry);
        if (entry.Lane is not { } lane) return;
        lane.Line.Remove(entry);
        lane.EntryCount--;
        if (ReferenceEquals(lane.First, entry)) lane.First = null;
        PromoteFirst(lane);
        DropLaneIfEmpty(lane);
    }
}
