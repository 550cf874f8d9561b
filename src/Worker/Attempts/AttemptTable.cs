using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Attempts;

/// <summary>The attempts this worker holds, and how many more it can take.</summary>
/// <remarks>
/// An attempt is in exactly one of three places, and moves between them under one lock, so that no heartbeat, poll or new session finds
/// it in none (the server gives up what is not named) and no offer starts it twice: <c>active</c> (takes a slot), <c>parked</c> (waits for
/// its owner), <c>reporting</c> (its result is on its way). The poll loop, heartbeats, control commands and each attempt's own task all
/// call in here. Events are raised after the lock is released: their handlers ask this table again.
/// </remarks>
/// <param name="capacity">How many at once; asked anew each time, for the owner's policy may say less at times.</param>
internal sealed class AttemptTable(Func<int> capacity)
{
    /// <summary>
    /// Attempts that wait for their owner at most. A session can name <see cref="Limits.Held"/> attempts of all sorts.
    /// </summary>
    public const int MostParked = 100;
    /// <summary>Bytes of their payloads together; they are in memory and on disk while they wait. A single one may be larger.</summary>
    public const long MostParkedBytes = 64L << 20;
    /// <summary>
    /// Attempts that take no slot because their program has ended, at most. Until their output is sent each has up to 4 MiB of it in
    /// memory, the rest in its log on disk, and a thread.
    /// </summary>
    public const int MostSending = 8;
    private readonly Lock gate = new();
    private readonly Dictionary<string, HeldAttempt> active = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldAttempt> parked = new(StringComparer.Ordinal);
    private readonly HashSet<string> reporting = new(StringComparer.Ordinal);
    private IReadOnlySet<string> elsewhere = new HashSet<string>(StringComparer.Ordinal);
    private TaskCompletionSource serverChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool closed;

    /// <summary>Called, on any thread, when a slot became free.</summary>
    public event Action? Freed;

    private event Action? SlotsMayBeFree;

    /// <summary>How many more tasks it takes now; none once it was closed.</summary>
    public int Free { get { lock (gate) return closed ? 0 : Math.Max(0, capacity() - TakenUnderLock); } }

    /// <summary>Slots that are taken: by what runs, and by what has ended, once that is too many.</summary>
    public int Taken { get { lock (gate) return TakenUnderLock; } }

    /// <summary>True when no more work is begun.</summary>
    public bool IsClosed { get { lock (gate) return closed; } }

    /// <summary>Completes when no more work is begun.</summary>
    public Task Closed => closing.Task;

    /// <summary>
    /// Ids of what it holds, whichever server it is from, as a new session names them (whose server that is shows only then): at most
    /// <see cref="Limits.Held"/>, for a longer list is refused as a whole and then no session is ever opened. First what runs, which the
    /// server would give up unnamed; then results on their way, which it would take as late ones; last what waits for its owner, which it
    /// keeps in any case.
    /// </summary>
    public string[] HeldIds
    {
        get
        {
            lock (gate)
            {
                var (started, offered) = (active.Where(pair => pair.Value.IsStarted), active.Where(pair => !pair.Value.IsStarted));
                return [.. started.Select(pair => pair.Key).Concat(reporting).Concat(offered.Select(pair => pair.Key)).Concat(parked.Keys)
                    .Distinct(StringComparer.Ordinal).Take(Limits.Held)];
            }
        }
    }

    /// <summary>
    /// Those of <see cref="HeldIds"/> that the server would offer again if a poll did not name them: it knows of the others that they wait
    /// here.
    /// </summary>
    public string[] HeldOfferIds
    {
        get
        {
            lock (gate)
                return [.. active.Keys.Concat(reporting).Concat(parked.Where(pair => !pair.Value.WaitsAtServer).Select(pair => pair.Key))
                    .Where(id => !elsewhere.Contains(id))];
        }
    }

    /// <summary>Ids of all that is here, whichever server it is from.</summary>
    public IReadOnlyCollection<string> AllIds { get { lock (gate) return [.. active.Keys.Concat(reporting).Concat(parked.Keys)]; } }

    /// <summary>Attempts of this server that run.</summary>
    public HeldAttempt[] Started
    {
        get
        {
            lock (gate)
                return [.. active.Values.Where(attempt => attempt.IsStarted && !elsewhere.Contains(attempt.Offer.AttemptId))];
        }
    }

    /// <summary>Ids of attempts of this server that have ended and whose results it does not have yet.</summary>
    public string[] ReportingIds { get { lock (gate) return [.. reporting.Where(id => !elsewhere.Contains(id))]; } }

    /// <summary>Names the attempts of other servers than the one it talks to now: this one is told nothing about them.</summary>
    public void SetElsewhere(IReadOnlySet<string> attempts)
    {
        lock (gate)
        {
            if (elsewhere.SetEquals(attempts))
                return;
            elsewhere = attempts;
            serverChanged.TrySetResult();
            serverChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public bool IsElsewhere(string attemptId) { lock (gate) return elsewhere.Contains(attemptId); }

    /// <summary>Returns once the server it talks to is the attempt's own.</summary>
    public async Task WaitForOwnServer(string attemptId, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (gate)
            {
                if (!elsewhere.Contains(attemptId)) return;
                changed = serverChanged.Task;
            }
            await changed.WaitAsync(cancellation);
        }
    }

    /// <summary>How many of them the server has let begin, or may have: the others can be left to whoever gets them next.</summary>
    public int Running { get { lock (gate) return active.Values.Count(attempt => attempt.IsStarted || attempt.MayBeNoted); } }

    /// <summary>Attempts it has not finished with.</summary>
    public HeldAttempt[] Active { get { lock (gate) return [.. active.Values]; } }

    /// <summary>Null when it is full, or holds this one already: an offer that is repeated never starts a second run.</summary>
    public HeldAttempt? TryAdd(Offer offer)
    {
        lock (gate)
        {
            if (closed || TakenUnderLock >= capacity() || reporting.Contains(offer.AttemptId) || parked.ContainsKey(offer.AttemptId))
                return null;
            var attempt = Hold(offer);
            return active.TryAdd(offer.AttemptId, attempt) ? attempt : null;
        }
    }

    /// <summary>Takes what runs already, whether there is room or not.</summary>
    public HeldAttempt AddRecovered(Offer offer, IReadOnlyList<ProcessIdentity> supervisors, long now)
    {
        var attempt = Hold(offer, supervisors);
        attempt.MarkRunning(now);
        lock (gate)
            active[offer.AttemptId] = attempt;
        return attempt;
    }

    /// <summary>False: too many wait for their owner already.</summary>
    public bool CanPark(Offer offer) { lock (gate) return HasRoomFor(offer); }

    /// <summary>As <see cref="Park"/>, unless too many wait already; false: it stays where it was.</summary>
    public bool TryPark(Offer offer)
    {
        lock (gate)
        {
            if (!HasRoomFor(offer)) return false;
            ParkUnderLock(offer);
        }
        Freed?.Invoke();
        return true;
    }

    /// <summary>Makes it wait for its owner, however long that takes, without a slot. Returns the one that waits already, if any.</summary>
    public HeldAttempt Park(Offer offer)
    {
        HeldAttempt attempt;
        lock (gate)
        {
            if (parked.TryGetValue(offer.AttemptId, out var waiting)) return waiting;
            attempt = ParkUnderLock(offer);
        }
        Freed?.Invoke();
        return attempt;
    }

    /// <summary>
    /// Wakes parked attempts to check for a slot again: no event announces the end of quiet hours or a pause, or a larger limit.
    /// </summary>
    public void WakeParked() => SlotsMayBeFree?.Invoke();

    /// <summary>
    /// Returns it to those with a slot, once one is free; several may wait, and whoever takes the lock first gets it. False: no more work
    /// is begun, or it was removed.
    /// </summary>
    public async Task<bool> UnparkWhenFree(string attemptId, CancellationToken cancellation)
    {
        var freed = new Signal();
        // Subscribed before the first look: a slot that becomes free between the look and the wait still wakes this one.
        Freed += freed.Set;
        SlotsMayBeFree += freed.Set;
        try
        {
            while (true)
            {
                lock (gate)
                {
                    if (closed || !parked.TryGetValue(attemptId, out var attempt)) return false;
                    if (TakenUnderLock < capacity() && parked.Remove(attemptId))
                        return active.TryAdd(attemptId, attempt);
                }
                await freed.Wait(cancellation);
            }
        }
        finally
        {
            Freed -= freed.Set;
            SlotsMayBeFree -= freed.Set;
        }
    }

    /// <summary>A poll named these tasks as cancelled. What of them is not started yet takes a note of it.</summary>
    public void AnnounceCancels(string[] tasks)
    {
        foreach (var attempt in Active.Where(attempt => tasks.Contains(attempt.Offer.TaskId, StringComparer.Ordinal)))
            attempt.AnnounceCancel();
    }

    /// <summary>It does not run any more; its result is on its way. Also for what a daemon before this one left in the spool.</summary>
    public void MarkReporting(string attemptId)
    {
        lock (gate)
        {
            reporting.Add(attemptId);
            active.Remove(attemptId);
        }
        Freed?.Invoke();
    }

    /// <summary>Forgets it: it never ran here, or its result is with the server.</summary>
    public void Remove(string attemptId)
    {
        bool freed;
        lock (gate)
        {
            reporting.Remove(attemptId);
            parked.Remove(attemptId);
            freed = active.Remove(attemptId);
        }
        if (freed) Freed?.Invoke();
    }

    public void StopAccepting()
    {
        lock (gate)
            closed = true;
        closing.TrySetResult();
        Freed?.Invoke();
    }

    private int TakenUnderLock => active.Count - Math.Min(MostSending, active.Values.Count(attempt => attempt.LeavesSlot));

    private HeldAttempt Hold(Offer offer, IReadOnlyList<ProcessIdentity>? supervisors = null)
    {
        var attempt = new HeldAttempt(offer, supervisors);
        // Its program has ended: while its output is being sent the slot may be another's.
        attempt.Ended += () => Freed?.Invoke();
        return attempt;
    }

    private bool HasRoomFor(Offer offer) => parked.Count == 0
        || (parked.Count < MostParked
            && parked.Values.Sum(waiting => waiting.PayloadLength) + new HeldAttempt(offer).PayloadLength <= MostParkedBytes);

    private HeldAttempt ParkUnderLock(Offer offer)
    {
        var attempt = active.Remove(offer.AttemptId, out var known) ? known : Hold(offer);
        parked.Add(offer.AttemptId, attempt);
        return attempt;
    }
}
