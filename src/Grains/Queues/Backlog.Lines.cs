using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

// Who is first in line for a key. The line goes across groups, and a window knows only the head of each group: while any group has tasks
// in the table alone, an earlier task of the key may be among them. Then the table is asked before the first one known may start.
internal sealed partial class Backlog
{
    private readonly HashSet<ConcurrencyLane> unread = [];
    private readonly HashSet<BacklogGroup> heldBack = [];
    private readonly HashSet<BacklogGroup> withLeftOut = [];

    /// <summary>True when the table is to be asked who is first in line for some keys.</summary>
    public bool HasUnreadLines => unread.Count > 0;

    /// <summary>Some of those keys.</summary>
    public List<string> GetUnreadKeys(int most)
    {
        var keys = new List<string>(Math.Min(most, unread.Count));
        foreach (var lane in unread)
        {
            if (keys.Count == most) break;
            keys.Add(lane.Key);
        }
        return keys;
    }

    /// <summary>
    /// Keys whose first task may start while the table has tasks that are not known here: the message about an earlier one may be lost.
    /// </summary>
    public List<string> GetKeysToCheck()
    {
        var keys = new List<string>();
        if (hiding.Count == 0) return keys;
        foreach (var lane in lanes.Values)
            if (lane.First is not null) keys.Add(lane.Key);
        return keys;
    }

    /// <summary>
    /// The first due task of each of these keys as the table had it, read since <paramref name="readSince"/>; a key without one is missing
    /// in <paramref name="found"/>.
    /// </summary>
    public void ApplyFirstOfKeys(IReadOnlyList<string> keys, IReadOnlyDictionary<string, QueueEntry> found, long readSince)
    {
        foreach (var key in keys)
        {
            if (!lanes.TryGetValue(key, out var lane) || lane.RefusedAt > readSince) continue;
            QueueEntry? first = found.TryGetValue(key, out var entry) ? entry : null;
            // It left while the read was under way: who stands behind it was not read.
            if (first is { } gone && removed?.Contains(gone.Task) == true) continue;
            ApplyFirst(lane, first, readSince);
        }
        if (unread.Count > 0) return;
        foreach (var group in heldBack)
        {
            group.IsHeldBack = false;
            if (group.Ready.Count > 0) WakeGroup(group);
        }
        heldBack.Clear();
    }

    private void ApplyFirst(ConcurrencyLane lane, QueueEntry? first, long readSince)
    {
        if (first is { } entry && !entries.ContainsKey(entry.Task))
            InsertEntry(GetOrAddGroup(GroupName.FromEntry(entry), complete: false), entry);
        while (lane.Line.Min is { } known && known.ChangedAt <= readSince && IsBefore(known, first))
        {
            entries.Remove(known.Task);
            DetachEntry(known);
        }
        lane.IsConfirmed = true;
        // An entry whose message came while the read was under way may come before what was read.
        lane.Confirmed = lane.Line.Min is { } next && IsBefore(next, first) ? next.Entry : first;
        lane.Unread = false;
        unread.Remove(lane);
        PromoteFirst(lane);
        DropLaneIfEmpty(lane);
    }

    private static bool IsBefore(BacklogEntry known, QueueEntry? first) =>
        first is not { } entry || BacklogOrder.CompareEntries(known.Entry, entry, priorities: false) < 0;

    /// <summary>Keeps exactly the first of a free key's line ready, once it is known to be the first.</summary>
    private void PromoteFirst(ConcurrencyLane lane)
    {
        var first = lane.Holder is null && IsFirstKnown(lane) ? lane.Line.Min : null;
        if (ReferenceEquals(first, lane.First)) return;
        if (lane.First is { } before) RemoveFromReady(before);
        lane.First = first;
        if (first is not null) MakeReady(first);
    }

    /// <summary>True when the first of those known is first in the table, or nobody is asked for; else the table is to be asked.</summary>
    private bool IsFirstKnown(ConcurrencyLane lane)
    {
        if (hiding.Count == 0) ConfirmFirst(lane);
        if (lane.IsSure || (lane.Line.Min is null && !IsLeftOut(lane.Key))) return true;
        MarkUnread(lane);
        return false;
    }

    private static void ConfirmFirst(ConcurrencyLane lane)
    {
        lane.IsConfirmed = true;
        lane.Confirmed = lane.Line.Min?.Entry;
    }

    private void MarkUnread(ConcurrencyLane lane)
    {
        lane.Unread = true;
        unread.Add(lane);
        // Whoever is first may be the next of these groups.
        if (lane.Line.Min is { } first) HoldBack(first.Group);
        foreach (var group in withLeftOut)
            if (group.LeftOut!.Contains(lane.Key)) HoldBack(group);
    }

    private void HoldBack(BacklogGroup group)
    {
        group.IsHeldBack = true;
        heldBack.Add(group);
    }

    /// <summary>A task is in the table alone: what was known of the line for its key may not be so any more.</summary>
    private void LeaveToTable(in QueueEntry entry)
    {
        if (entry.ConcurrencyKey is not { } key) return;
        var lane = GetOrAddLane(key);
        lane.RefusedAt = changes;
        if (lane.Confirmed is not { } first || BacklogOrder.CompareEntries(entry, first, priorities: false) < 0) lane.IsConfirmed = false;
        PromoteFirst(lane);
        DropLaneIfEmpty(lane);
    }

    private bool IsLeftOut(string key)
    {
        foreach (var group in withLeftOut)
            if (group.LeftOut!.Contains(key)) return true;
        return false;
    }

    /// <summary>What is known of a group, whole or up to a last entry. Every change of it goes through here.</summary>
    private void SetKnownWindow(BacklogGroup group, bool complete, QueueEntry? tail, IReadOnlySet<string>? leftOut)
    {
        group.Complete = complete;
        group.Tail = complete ? null : tail;
        group.LeftOut = leftOut;
        if (leftOut is null) withLeftOut.Remove(group);
        else withLeftOut.Add(group);
        if (group.Hides) hiding.Add(group);
        else hiding.Remove(group);
    }
}
