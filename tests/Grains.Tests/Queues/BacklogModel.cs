using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.Grains.Queues;

namespace OpenClaw.Grains.Tests.Queues;

/// <summary>
/// A table of tasks, the simplest possible, and a <see cref="Backlog"/> that is told of it as the grains tell it: sometimes not at all
/// (lossy). A queue that was not told of a start can't know that the key is taken, until it reads the busy keys.
/// </summary>
internal sealed class BacklogModel(int window, int reloadAt = 3, bool lossy = false)
{
    public static readonly TimeSpan OfferLife = TimeSpan.FromSeconds(20);
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public Backlog Backlog { get; } = new(OfferLife, OfferLife, window, reloadAt);
    public Dictionary<Guid, QueueEntry> Queued { get; } = [];
    public Dictionary<Guid, QueueEntry> Running { get; } = [];
    public Dictionary<Guid, (string Worker, DateTimeOffset Expires)> Offers { get; } = [];
    public HashSet<Guid> Done { get; } = [];
    public DateTimeOffset Now { get; private set; } = T0;
    private readonly SortedSet<QueueEntry> inOrder = new(Comparer<QueueEntry>.Create((x, y) =>
        (-x.Priority, x.CreatedAt, x.Task).CompareTo((-y.Priority, y.CreatedAt, y.Task))));
    private int made;
    private long looks;

    private IEnumerable<GroupName> Groups => Queued.Values.Select(entry => GroupName.FromEntry(entry)).Distinct();

    public QueueEntry Submit(string requires, int priority, string? key, bool notified, string token = "")
    {
        // Ids in an order of their own: arrival is told by the time alone.
        var id = new Guid((int)unchecked((uint)(++made) * 2654435761), 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        var entry = new QueueEntry(id, requires, priority, T0.AddMilliseconds(made), key, token);
        Queued.Add(id, entry);
        inOrder.Add(entry);
        var name = new GroupName(requires, token);
        if (notified && !Backlog.Add(entry) && Backlog.GetGroup(name).Unread) Load(name);
        return entry;
    }

    /// <summary>A poll, as the grain does it: what is unknown is read first.</summary>
    public Guid? Poll(string worker, string labels)
    {
        Expire();
        foreach (var group in Backlog.FindUnloadedGroups(worker, labels) ?? [])
        {
            ReadLines(group);
            if (group is { Complete: false, First: null }) Load(group.Name);
        }
        var entry = Backlog.OfferBest(worker, 0, labels, Now);
        if (entry is null) return null;
        Assert.False(Offers.ContainsKey(entry.Task), "handed to two polls while its offer lives");
        Offers.Add(entry.Task, (worker, Now + OfferLife));
        return entry.Task;
    }

    /// <summary>The task's own word: it starts when it is queued, and tells the queue; else the queue is told what it is.</summary>
    public bool Start(Guid task, bool notified)
    {
        Offers.Remove(task, out var offer);
        var starts = Leave(task, out var entry);
        if (starts)
        {
            if (entry.ConcurrencyKey is { } key && !lossy)
                Assert.DoesNotContain(Running.Values, other => other.ConcurrencyKey == key);
            Running.Add(task, entry);
        }
        if (notified || !starts) Tell(task);
        else Offers[task] = offer;
        return starts;
    }

    public void Finish(Guid task, bool notified)
    {
        Running.Remove(task, out var entry);
        Done.Add(task);
        if (notified) Backlog.Remove(task, entry.ConcurrencyKey, ended: true);
    }

    public void Cancel(Guid task, bool notified)
    {
        Leave(task, out var entry);
        Done.Add(task);
        if (!notified) return;
        Offers.Remove(task);
        Backlog.Remove(task, entry.ConcurrencyKey, ended: true);
    }

    public void Return(Guid task)
    {
        Offers.Remove(task);
        Backlog.ReturnOffers([task]);
    }

    public void Pass(double seconds)
    {
        Now = Now.AddSeconds(seconds);
        Expire();
    }

    /// <summary>The look every 5 s.</summary>
    public void Look()
    {
        var since = Backlog.BeginRead();
        var busy = Running.Values.Where(r => r.ConcurrencyKey is not null).DistinctBy(r => r.ConcurrencyKey);
        Backlog.ApplyBusyKeys(busy.ToDictionary(r => r.ConcurrencyKey!, r => r.Task), since);
        Backlog.EndRead();
        since = Backlog.BeginRead();
        var groups = Groups.ToList();
        Backlog.ApplyGroups(groups.ToArray(), ++looks);
        foreach (var group in Backlog.FindMissingGroups(looks)) Backlog.ApplyEmptyHead(group, since);
        Backlog.EndRead();
        foreach (var name in groups) Load(name);
        ReadLines(Backlog.GetKeysToCheck());
        while (Backlog.HasUnreadLines) ReadLines(Backlog.GetUnreadKeys(2));
        Backlog.DropEmptyGroups();
    }

    public void Load(GroupName name)
    {
        var group = Backlog.GetGroup(name);
        var left = new HashSet<string>();
        while (true)
        {
            Read(group, left);
            ReadLines(group);
            if (group.First is not null || group.Complete) return;
            var known = left.Count;
            left = [.. left, .. Backlog.GetBlockingKeys(group)];
            if (left.Count == known) return;
        }
    }

    private void Read(BacklogGroup group, HashSet<string> left)
    {
        var name = group.Name;
        var limit = Backlog.GetLoadSize(group);
        var since = Backlog.BeginRead();
        var head = inOrder.Where(entry => GroupName.FromEntry(entry) == name && !left.Contains(entry.ConcurrencyKey ?? ""))
            .Take(limit).ToList();
        Backlog.ApplyHead(group, head, limit, left, since);
        Backlog.EndRead();
    }

    private void ReadLines(BacklogGroup group)
    {
        for (var reads = 0; group.IsHeldBack; reads++)
        {
            Assert.True(reads < 100, "the table is asked for the same lines for ever");
            ReadLines(Backlog.GetUnreadKeys(2));
        }
    }

    private void ReadLines(IReadOnlyList<string> keys)
    {
        var since = Backlog.BeginRead();
        Backlog.ApplyFirstOfKeys(keys, inOrder.Where(entry => keys.Contains(entry.ConcurrencyKey)).GroupBy(entry => entry.ConcurrencyKey!)
            .ToDictionary(line => line.Key, line => line.MinBy(entry => entry.CreatedAt)), since);
        Backlog.EndRead();
    }

    /// <summary>
    /// What a poll with these labels ought to get: of the first of each token that nobody has and whose key is free, by priority, the one
    /// of the token whose last turn is longest ago.
    /// </summary>
    public Guid? Best(string labels) => inOrder
        .Where(entry => LabelSet.Covers(labels, entry.Requires) && !Offers.ContainsKey(entry.Task) && KeyIsFree(entry))
        .OrderByDescending(entry => entry.Priority).ThenBy(entry => Backlog.GetLastTurn(entry.TokenId!))
        .ThenBy(entry => entry.CreatedAt)
        .Select(entry => (Guid?)entry.Task).FirstOrDefault();

    /// <summary>Everything there is, for the message of a failed walk.</summary>
    public string Describe() => string.Join("; ", inOrder.Select(e =>
        $"{e.Task.ToString()[..4]} {e.Requires} p{e.Priority} {e.ConcurrencyKey}"
        + (Offers.ContainsKey(e.Task) ? " offered" : "") + DescribeHolder(e)))
        + " | running " + string.Join(", ", Running.Values.Select(e => $"{e.Task.ToString()[..4]} {e.ConcurrencyKey}"));

    private string DescribeHolder(QueueEntry e) =>
        Backlog.GetFacts(e.Task, e.ConcurrencyKey, 0).KeyHeldBy is { } holder ? $" held by {holder.ToString()[..4]}" : "";

    private bool KeyIsFree(QueueEntry entry) => entry.ConcurrencyKey is not { } key
        || (!Running.Values.Any(other => other.ConcurrencyKey == key)
            && !Offers.Keys.Any(task => Queued.TryGetValue(task, out var offered) && offered.ConcurrencyKey == key)
            && !Queued.Values.Any(other => other.ConcurrencyKey == key && other.CreatedAt < entry.CreatedAt));

    private bool Leave(Guid task, out QueueEntry entry) => Queued.Remove(task, out entry) && inOrder.Remove(entry);

    private void Tell(Guid task)
    {
        if (Running.TryGetValue(task, out var running)) Backlog.Remove(task, running.ConcurrencyKey, ended: false);
        else if (Done.Contains(task)) Backlog.Remove(task, null, ended: true);
    }

    private void Expire()
    {
        foreach (var (task, offer) in Offers.ToList())
            if (offer.Expires <= Now) Offers.Remove(task);
        Backlog.ExpireOffers(Now);
    }
}
