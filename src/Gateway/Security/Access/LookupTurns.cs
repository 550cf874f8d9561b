using System.Net;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>
/// Look-ups of ids that are not known here go in turn: strangers can send as many as they like. Addresses that have failed too often are
/// in a line of their own, which has an end, so that they delay only their like, and in it each waits for the others' next and not for all
/// of theirs: a good token that is new to this gateway is behind one made-up one of each. Whoever has a token that is known here waits in
/// neither.
/// </summary>
internal sealed class LookupTurns(FailureThrottle throttle)
{
    private const int AtOnce = 8;
    private const int SuspectsAtOnce = 2;

    /// <summary>Look-ups that wait for addresses which failed.</summary>
    internal const int MostWaiting = 512;

    private readonly TurnLine all = new(AtOnce, int.MaxValue), suspects = new(SuspectsAtOnce, MostWaiting);

    /// <summary>
    /// A turn, to be released; null: too many of addresses that failed wait already. Without an address: asked by the server itself.
    /// </summary>
    public async ValueTask<TurnLine?> WaitForTurn(IPAddress? address)
    {
        // Of IPv6 a /64 is one sender.
        var sender = address is null ? IPAddress.None : AddressRange.FromAddress(address);
        if (!throttle.IsOverLimit(address))
        {
            await all.WaitForTurn(sender);
            // It may have failed with what it sent at the same time.
            if (!throttle.IsOverLimit(address)) return all;
            all.Release();
        }
        return await suspects.WaitForTurn(sender) ? suspects : null;
    }
}
