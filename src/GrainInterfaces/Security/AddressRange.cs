using System.Net;
using System.Net.Sockets;

namespace OpenClaw.GrainInterfaces.Security;

/// <summary>
/// What counts as one sender when requests are counted by address: an IPv4 address, or the /64 of an IPv6 address, all of which its owner
/// can use at will.
/// </summary>
public static class AddressRange
{
    private const int PrefixBytes = 8;

    /// <summary>The address, or the first one of its /64.</summary>
    public static IPAddress FromAddress(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[PrefixBytes..].Clear();
        return new IPAddress(bytes);
    }

    /// <summary>The same as text, <c>192.0.2.7</c> or <c>2001:db8::/64</c>; what is no address stays as it is.</summary>
    public static string? FormatRange(string? address)
    {
        if (!IPAddress.TryParse(address, out var parsed)) return address;
        var range = FromAddress(parsed);
        return range.AddressFamily == AddressFamily.InterNetworkV6 ? $"{range}/{PrefixBytes * 8}" : range.ToString();
    }
}
