using System.Net;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>
/// Look-ups of ids that are not known here go in turn: strangers can send as many as they like. An address that has failed too often is in
/// a line of its own, which has an end, so that it delays only its like. Whoever has a token that is known here waits in neither.
/// </summary>
internal sealed class LookupTurns(FailureThrottle throttle)
{
    private const int AtOnce = 8;

    /// <summary>Look-ups that wait for addresses which failed; there is no place for further ones.</summary>
    internal const int MostWaiting = 64;

    private readonly SemaphoreSlim all = new(AtOnce), suspects = new(1);
    private int waiting;

    /// <summary>
    /// A turn, to be released; null: too many of addresses that failed wait already. Without an address: asked by the server itself.
    /// </summary>
    public async ValueTask<SemaphoreSlim?> WaitForTurn(IPAddress? address)
    {
        if (!throttle.IsOverLimit(address))
        {
            await all.WaitAsync();
            // It may have failed with what it sent at the same time.
            if (!throttle.IsOverLimit(address)) return all;
            all.Release();
        }
        if (Interlocked.Increment(ref waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref waiting);
            return null;
        }
        await suspects.WaitAsync();
        Interlocked.Decrement(ref waiting);
        return suspects;
    }
}
