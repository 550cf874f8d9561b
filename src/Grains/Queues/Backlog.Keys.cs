namespace OpenClaw.Grains.Queues;

// Concurrency keys: one task at a time, in order of arrival.
internal sealed partial class Backlog
{
    /// <summary>True when any key is held or waited for.</summary>
    public bool HasKeys => lanes.Count > 0;

    /// <summary>Keys that are held now.</summary>
    public List<string> GetBusyKeys()
    {
        var busy = new List<string>();
        foreach (var lane in lanes.Values)
            if (lane.Holder is not null) busy.Add(lane.Key);
        return busy;
    }

    /// <summary>
    /// Keys that are held as the table had it, read since <paramref name="readSince"/>. Messages that came later than that stand, and so
    /// do the keys of offers: these are in memory only.
    /// </summary>
    public void ApplyBusyKeys(IReadOnlyDictionary<string, Guid> busy, long readSince)
    {
        foreach (var (key, task) in busy)
        {
            var lane = GetOrAddLane(key);
            if (lane.ChangedAt > readSince || removed?.Contains(task) == true) DropLaneIfEmpty(lane);
            else if (lane.Holder is null || !IsOffered(lane.Holder.Value)) HoldLane(lane, task);
        }
        List<ConcurrencyLane>? freed = null;
        foreach (var lane in lanes.Values)
        {
            if (lane.Holder is { } holder && lane.ChangedAt <= readSince && !busy.ContainsKey(lane.Key) && !IsOffered(holder))
                (freed ??= []).Add(lane);
        }
        if (freed is null) return;
        foreach (var lane in freed) FreeLane(lane);
    }

    private bool IsOffered(Guid task) => entries.TryGetValue(task, out var entry) && entry.OfferedTo is not null;

    private ConcurrencyLane GetOrAddLane(string key)
    {
        if (!lanes.TryGetValue(key, out var lane)) lanes.Add(key, lane = new ConcurrencyLane(key));
        return lane;
    }

    private void HoldKey(string key, Guid task)
    {
        var lane = GetOrAddLane(key);
        lane.ChangedAt = changes;
        HoldLane(lane, task);
    }

    private void HoldLane(ConcurrencyLane lane, Guid task)
    {
        lane.Holder = task;
        PromoteFirst(lane);
    }

    private void FreeKey(string key, Guid task)
    {
        if (!lanes.TryGetValue(key, out var lane)) return;
        if (lane.Holder == task)
        {
            lane.ChangedAt = changes;
            FreeLane(lane);
        }
        else
        {
            DropLaneIfEmpty(lane);
        }
    }

    private void FreeLane(ConcurrencyLane lane)
    {
        lane.Holder = null;
        PromoteFirst(lane);
        DropLaneIfEmpty(lane);
    }

    private void DropLaneIfEmpty(ConcurrencyLane lane)
    {
        if (lane.Holder is null && lane.EntryCount == 0 && !lane.Unread) lanes.Remove(lane.Key);
    }
}
