using System.Diagnostics.CodeAnalysis;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

/// <summary>A parked poll. Whoever answers first, with tasks or with nothing, decides; the other sees that it came too late.</summary>
internal sealed class ParkedPoll(PollRequest request, CancellationToken cancellation)
    : TaskCompletionSource<PollReply>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public static readonly PollReply Nothing = new([], false);
    public static readonly Action<object?> Release = static poll => ((ParkedPoll)poll!).TrySetResult(Nothing);

    public PollRequest Request { get; } = request;

    /// <summary>Set when its connection has gone: it takes nothing any more.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Counts up in order of arrival: the lowest waits longest.</summary>
    public long Number { get; set; }

    /// <summary>Its node in the line of its make; null: it takes no tasks.</summary>
    public LinkedListNode<ParkedPoll>? Node { get; set; }

    /// <summary>True while it can still be given something.</summary>
    public bool IsWaiting => !Task.IsCompleted && !Cancellation.IsCancellationRequested;
}

/// <summary>
/// Parked polls, first come, first served. Workers of one make (the same labels but for their names) stand in one line, so that a task
/// finds its worker by looking at the heads of a few lines, or under the one name it asks for. Pure.
/// </summary>
internal sealed class ParkedPolls
{
    private readonly Dictionary<string, LinkedList<ParkedPoll>> makes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ParkedPoll>> byWorker = new(StringComparer.Ordinal);
    private long arrivals;

    public int Count { get; private set; }

    public void Add(ParkedPoll poll)
    {
        poll.Number = ++arrivals;
        Count++;
        if (poll.Request.Slots > 0)
        {
            var make = WorkerLabel.RemoveFrom(poll.Request.Offers);
            if (!makes.TryGetValue(make, out var line)) makes.Add(make, line = new LinkedList<ParkedPoll>());
            poll.Node = line.AddLast(poll);
        }
        if (byWorker.TryGetValue(poll.Request.Worker, out var own)) own.Add(poll);
        else byWorker.Add(poll.Request.Worker, [poll]);
    }

    /// <summary>Takes a poll out, answered or not. Harmless when it is out already.</summary>
    public void Remove(ParkedPoll poll)
    {
        if (!byWorker.TryGetValue(poll.Request.Worker, out var own) || !own.Remove(poll)) return;
        Count--;
        if (own.Count == 0) byWorker.Remove(poll.Request.Worker);
        if (poll.Node?.List is not { } line) return;
        line.Remove(poll.Node);
        poll.Node = null;
        if (line.Count == 0) makes.Remove(WorkerLabel.RemoveFrom(poll.Request.Offers));
    }

    /// <summary>The poll that waits longest and may take a task of this group.</summary>
    public bool TryFind(BacklogGroup group, [NotNullWhen(true)] out ParkedPoll? found)
    {
        found = null;
        if (group.Worker is not null)
        {
            if (!byWorker.TryGetValue(group.Worker, out var own)) return false;
            foreach (var poll in own)
            {
                if (!poll.IsWaiting || poll.Request.Slots <= 0 || !LabelSet.Covers(poll.Request.Offers, group.Requires)) continue;
                found = poll;
                return true;
            }
            return false;
        }
        foreach (var (make, line) in makes)
        {
            if (!LabelSet.Covers(make, group.Requires)) continue;
            if (FindFirst(line) is { } head && (found is null || head.Number < found.Number)) found = head;
        }
        return found is not null;
    }

    /// <summary>Parked polls that could take a task of this group.</summary>
    public int CountFor(string requires)
    {
        var count = 0;
        if (WorkerLabel.FindName(requires) is { } worker)
        {
            if (!byWorker.TryGetValue(worker, out var own)) return 0;
            foreach (var poll in own)
                if (poll.Request.Slots > 0 && LabelSet.Covers(poll.Request.Offers, requires)) count++;
            return count;
        }
        foreach (var (make, line) in makes)
            if (LabelSet.Covers(make, requires)) count += line.Count;
        return count;
    }

    /// <summary>One poll of each worker that waits for tasks.</summary>
    public IEnumerable<PollRequest> GetRequests()
    {
        foreach (var own in byWorker.Values)
            if (own.Find(poll => poll.IsWaiting && poll.Request.Slots > 0) is { } poll) yield return poll.Request;
    }

    /// <summary>
    /// A newer poll of a session comes: the one before is let go. False when the newer one is the stale one, because a later session
    /// of the worker polls already.
    /// </summary>
    public bool SupersedeOlder(PollRequest newer)
    {
        if (newer.Epoch == 0 || !byWorker.TryGetValue(newer.Worker, out var own)) return true;
        foreach (var poll in own)
            if (poll.Request.Epoch > newer.Epoch && poll.IsWaiting) return false;
        foreach (var poll in own)
            if (poll.Request.Epoch > 0) poll.TrySetResult(new PollReply([], true));
        return true;
    }

    /// <summary>The parked poll of a worker's session, which can be told to look after a running task.</summary>
    public bool TryFindSession(string worker, [NotNullWhen(true)] out ParkedPoll? found)
    {
        found = null;
        if (!byWorker.TryGetValue(worker, out var own)) return false;
        foreach (var poll in own)
        {
            if (poll.Request.Epoch == 0 || !poll.IsWaiting) continue;
            found = poll;
            return true;
        }
        return false;
    }

    /// <summary>Lets everybody go with nothing.</summary>
    public void ReleaseAll()
    {
        foreach (var own in byWorker.Values)
            foreach (var poll in own) poll.TrySetResult(ParkedPoll.Nothing);
    }

    /// <summary>The first of a line who still waits. Those who do not leave the line here: nobody looks at them twice.</summary>
    private static ParkedPoll? FindFirst(LinkedList<ParkedPoll> line)
    {
        while (line.First is { } node)
        {
            if (node.Value.IsWaiting) return node.Value;
            line.RemoveFirst();
            node.Value.Node = null;
        }
        return null;
    }
}
