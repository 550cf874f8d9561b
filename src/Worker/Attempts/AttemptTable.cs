using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Attempts;

/// <summary>An attempt this worker was offered, runs, or has run and not yet reported.</summary>
/// <param name="offer">What the server offered.</param>
/// <param name="adopted">Set when a daemon before this one began it: the supervisors of its programs.</param>
internal sealed class HeldAttempt(Offer offer, IReadOnlyList<ProcessIdentity>? adopted = null)
{
    private long renewedAt;
    private long startedAt;
    private volatile bool started;

    public Offer Offer => offer;

    public IReadOnlyList<ProcessIdentity>? Adopted => adopted;

    /// <summary>Called with the time of each renewal, on any thread.</summary>
    public event Action<long>? Renewed;

    /// <summary>The person at the PC said yes to it.</summary>
    public bool Approved { get; set; }

    /// <summary>Ends it early.</summary>
    public AttemptStop Stop { get; } = new();

    /// <summary>The server committed its start: heartbeats name it from now on.</summary>
    public bool Started => started;

    /// <summary>When the request that last renewed its lease was sent, on the monotonic clock.</summary>
    public long RenewedAt => Interlocked.Read(ref renewedAt);

    /// <summary>When its start was asked for, on the monotonic clock; 0 before.</summary>
    public long StartedAt => Interlocked.Read(ref startedAt);

    public void Renew(long sentAt)
    {
        Interlocked.CompareExchange(ref startedAt, sentAt, 0);
        Interlocked.Exchange(ref renewedAt, sentAt);
        started = true;
        Renewed?.Invoke(sentAt);
    }

    /// <summary>It runs already. How old its lease is only its supervisor knows, and ends it by that.</summary>
    public void TakeUp(long now)
    {
        Interlocked.Exchange(ref renewedAt, now);
        started = true;
    }
}

/// <summary>The attempts this worker holds, and how many more it can take.</summary>
/// <param name="capacity">How many at once; asked anew each time, for the owner's policy may say less at times.</param>
internal sealed class AttemptTable(Func<int> capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, HeldAttempt> active = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldAttempt> parked = new(StringComparer.Ordinal);
    private readonly HashSet<string> reporting = new(StringComparer.Ordinal);
    private bool closed;

    /// <summary>Called, on any thread, when a slot became free.</summary>
    public event Action? Freed;

    /// <summary>How many more tasks it takes now; none once it was closed.</summary>
    public int Free { get { lock (gate) return closed ? 0 : Math.Max(0, capacity() - active.Count); } }

    /// <summary>Ids of all it holds, as the poll and a new session name them.</summary>
    public string[] Held { get { lock (gate) return [.. active.Keys, .. parked.Keys, .. reporting]; } }

    /// <summary>Attempts that run.</summary>
    public HeldAttempt[] Started { get { lock (gate) return [.. active.Values.Where(attempt => attempt.Started)]; } }

    /// <summary>Attempts it has not finished with.</summary>
    public HeldAttempt[] Active { get { lock (gate) return [.. active.Values]; } }

    /// <summary>Null when it is full, or holds this one already: whoever runs is never disturbed by an offer.</summary>
    public HeldAttempt? TryAdd(Offer offer)
    {
        lock (gate)
        {
            if (closed || active.Count >= capacity() || reporting.Contains(offer.AttemptId) || parked.ContainsKey(offer.AttemptId))
                return null;
            var attempt = new HeldAttempt(offer);
            return active.TryAdd(offer.AttemptId, attempt) ? attempt : null;
        }
    }

    /// <summary>Takes what runs already, whether there is room or not.</summary>
    public HeldAttempt Adopt(Offer offer, IReadOnlyList<ProcessIdentity> supervisors, long now)
    {
        var attempt = new HeldAttempt(offer, supervisors);
        attempt.TakeUp(now);
        lock (gate)
            active[offer.AttemptId] = attempt;
        return attempt;
    }

    /// <summary>It waits for its owner, however long that takes, and takes nobody's place. From an offer, or held from before.</summary>
    public HeldAttempt Park(Offer offer)
    {
        HeldAttempt attempt;
        lock (gate)
        {
            if (parked.TryGetValue(offer.AttemptId, out var waiting))
                return waiting;
            attempt = active.Remove(offer.AttemptId, out var known) ? known : new HeldAttempt(offer);
            parked.Add(offer.AttemptId, attempt);
        }
        Freed?.Invoke();
        return attempt;
    }

    /// <summary>Back among those that run, once there is room. False: no more work is begun.</summary>
    public async Task<bool> Unpark(string attemptId, CancellationToken cancellation)
    {
        var freed = new Signal();
        Freed += freed.Set;
        try
        {
            while (true)
            {
                lock (gate)
                {
                    if (closed || !parked.TryGetValue(attemptId, out var attempt))
                        return false;
                    if (active.Count < capacity() && parked.Remove(attemptId))
                        return active.TryAdd(attemptId, attempt);
                }
                await freed.Wait(cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            Freed -= freed.Set;
        }
    }

    /// <summary>It does not run any more; its result is on its way.</summary>
    public void Report(string attemptId)
    {
        lock (gate)
        {
            reporting.Add(attemptId);
            active.Remove(attemptId);
        }
        Freed?.Invoke();
    }

    /// <summary>It never ran here, or its result is with the server.</summary>
    public void Remove(string attemptId)
    {
        bool freed;
        lock (gate)
        {
            reporting.Remove(attemptId);
            parked.Remove(attemptId);
            freed = active.Remove(attemptId);
        }
        if (freed)
            Freed?.Invoke();
    }

    /// <summary>Takes no new ones.</summary>
    public void Close()
    {
        lock (gate)
            closed = true;
        Freed?.Invoke();
    }
}
