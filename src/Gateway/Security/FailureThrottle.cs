using System.Net;
using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Security;

/// <summary>
/// Counts failed authentication per address, of IPv6 per /64. After a few, a failure is answered with a time to wait that doubles. A good
/// token is never held back: colleagues behind the same address have done nothing.
/// </summary>
internal sealed class FailureThrottle(TimeProvider clock, IOptions<GatewayOptions> options)
{
    internal const int Free = 10;
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    internal static readonly TimeSpan Forget = TimeSpan.FromMinutes(10);

    private readonly int capacity = options.Value.MaxAddresses;
    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, (int Failures, DateTimeOffset Last)> addresses = [];

    internal int Count
    {
        get
        {
            lock (gate) return addresses.Count;
        }
    }

    /// <summary>Counts one failure; how long the address is told to wait, zero while it is below the limit.</summary>
    public TimeSpan CountFailure(IPAddress? address)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            var key = AddressRange.FromAddress(address ?? IPAddress.None);
            if (!addresses.TryGetValue(key, out var seen) || now - seen.Last > Forget) seen = default;
            if (seen == default && addresses.Count >= capacity) MakeRoom(now);
            addresses[key] = (seen.Failures + 1, now);
            return GetWaitAfter(seen.Failures + 1);
        }
    }

    /// <summary>True for an address whose next failure is answered with a time to wait.</summary>
    public bool IsOverLimit(IPAddress? address)
    {
        if (address is null) return false;
        lock (gate)
            return addresses.TryGetValue(AddressRange.FromAddress(address), out var seen)
                && seen.Failures >= Free && clock.GetUtcNow() - seen.Last <= Forget;
    }

    internal static TimeSpan GetWaitAfter(int failures)
    {
        if (failures <= Free) return TimeSpan.Zero;
        var seconds = Math.Pow(2, Math.Min(failures - Free - 1, 16) / 2);
        return TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds));
    }

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var (address, seen) in addresses)
        {
            if (now - seen.Last > Forget) addresses.Remove(address);
        }
        // Still full: an attack from everywhere. Counting anew is better than growing.
        if (addresses.Count >= capacity) addresses.Clear();
    }
}
