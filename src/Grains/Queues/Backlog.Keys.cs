namespace OpenClaw.Grains.Queues;

// Concurrency keys: one task at a time, in order of arrival.
internal sealed partial class Backlog
{
    /// <summary>True when any key is held or waited for.</summary>
    public bool HasKeys => lanes.Count > 0;

    /// <summary>Keys that are held now.</summary>
    public List<string> BusyKeys()
    {
        var busy = new List<string>();
        foreach (var lane in lanes.Values)
            if (lane.Holder is not null) busy.Add(lane.Key);
        return busy;
    }

    /// <summary>Count of changes, to be given back with what a read that begins now will find.</summary>
    public long Now => changes;

    /// <summary>
    /// Keys held by the table's word, read since <paramref name="readSince"/>. What the queue was told later than that stands, and so
    /// do the keys of offers, which no table knows.
    /// </summary>
    public void SeeBusyKeys(IReadOnlyDictionary<string, Guid> busy, long readSince)
    {
        foreach (var (key, task) in busy)
        {
            var lane = Lane(key);
            if (lane.ToldAt > readSince || removed?.Contains(task) == true) Drop(lane);
            else if (lane.Holder is null || !IsOffered(lane.Holder.Value)) HoldLane(lane, task);
        }
        List<KeyLane>? freed = null;
        foreach (var lane in lanes.Values)
        {
            if (lane.Holder is { } holder && lane.ToldAt <= readSince && !busy.ContainsKey(lane.Key) && !IsOffered(holder))
                (freed ??= []).Add(lane);
        }
        if (freed is null) return;
        foreach (var lane in freed) FreeLane(lane);
    }

    private bool IsOffered(Guid task) => places.TryGetValue(task, out var place) && place.OfferedTo is not null;

    private KeyLane Lane(string key)
    {
        if (!lanes.TryGetValue(key, out var lane)) lanes.Add(key, lane = new KeyLane(key));
        return lane;
    }

    private void Hold(string key, Guid task)
    {
        var lane = Lane(key);
        lane.ToldAt = changes;
        HoldLane(lane, task);
    }

    private void HoldLane(KeyLane lane, Guid task)
    {
        lane.Holder = task;
        Promote(lane);
    }

    private void Free(string key, Guid task)
    {
        if (!lanes.TryGetValue(key, out var lane)) return;
        if (lane.Holder == task)
        {
            lane.ToldAt = changes;
            FreeLane(lane);
        }
        else
        {
            Drop(lane);
        }
    }

    private void FreeLane(KeyLane lane)
    {
        lane.Holder = null;
        Promote(lane);
        Drop(lane);
    }

    private void Drop(KeyLane lane)
    {
        if (lane.Holder is null && lane.Places == 0 && !lane.Unread) lanes.Remove(lane.Key);
    }
}
