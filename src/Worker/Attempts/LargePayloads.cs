using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Attempts;

/// <summary>
/// Fetches the payloads of offers that come without, and says whether there is room for another one: memory and line are bounded by that,
/// not by what clients queue. A fetch takes no slot, so smaller tasks run meanwhile, however slow the line is.
/// </summary>
internal sealed class LargePayloads(
    ServerLink link, SessionKeeper sessions, AttemptTable attempts, TimeProvider clock, WorkerLog log)
{
    /// <summary>Bytes of payloads in hand up to which another one may come, of 14 MiB at most.</summary>
    public const long RoomBelow = 2 * 1024 * 1024;

    /// <summary>
    /// One that was fetched so long ago no longer counts: it may run for hours, or hang on a dead mount, and others are not to wait for it.
    /// Then there is one a slot at most.
    /// </summary>
    private static readonly TimeSpan Counted = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Bytes, long? FetchedAt)> inHand = new(StringComparer.Ordinal);

    /// <summary>Called, on any thread, when there may be room again.</summary>
    public event Action? Freed;

    /// <summary>Another one may be offered.</summary>
    public bool HasRoom
    {
        get
        {
            lock (gate)
                return inHand.Values.Where(IsCounted).Sum(one => one.Bytes) <= RoomBelow;
        }
    }

    /// <summary>It is to be fetched: counted from now on, before the next poll asks for more.</summary>
    public void ReserveRoom(Offer offer)
    {
        lock (gate)
            inHand[offer.AttemptId] = (offer.PayloadBytes!.Value, null);
    }

    /// <summary>Fetches it outside the slots, then waits for one. False: the attempt is not to run here any more.</summary>
    public async Task<bool> FetchThenUnpark(HeldAttempt held, CancellationToken cancellation)
    {
        var id = held.Offer.AttemptId;
        attempts.Park(held.Offer);
        if (!await FetchPayload(held, cancellation)) return false;
        lock (gate)
            inHand[id] = (held.PayloadLength, clock.GetTimestamp());
        _ = SignalWhenUncounted(cancellation);
        return await attempts.UnparkWhenFree(id, cancellation);
    }

    /// <summary>It is in memory no longer.</summary>
    public void ReleaseRoom(string attemptId)
    {
        lock (gate)
        {
            if (!inHand.Remove(attemptId)) return;
        }
        Freed?.Invoke();
    }

    private async Task<bool> FetchPayload(HeldAttempt held, CancellationToken cancellation)
    {
        var (offer, pause) = (held.Offer, ReconnectDelay.CreateJittered(LongestRetry));
        while (true)
        {
            var reply = await sessions.CallInSession(session => link.FetchPayload(offer, session, cancellation), cancellation);
            if (reply is { IsOk: true, Value: { } fetched })
            {
                held.SetPayload(fetched.Payload);
                return true;
            }
            if (!reply.MayRetry && !reply.SessionLost)
            {
                log.NotStarted(offer.AttemptId, reply.Why);
                return false;
            }
            await Task.Delay(pause.GetNext(), clock, cancellation);
        }
    }

    private bool IsCounted((long Bytes, long? FetchedAt) one) => one.FetchedAt is not { } at || clock.GetElapsedTime(at) < Counted;

    private async Task SignalWhenUncounted(CancellationToken cancellation)
    {
        await Task.Delay(Counted, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Freed?.Invoke();
    }
}
