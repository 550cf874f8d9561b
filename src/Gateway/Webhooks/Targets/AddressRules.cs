using System.Net;
using System.Net.Sockets;
using IPNetwork = System.Net.IPNetwork;

namespace OpenClaw.Gateway.Webhooks.Targets;

/// <summary>
/// Which addresses a webhook may go to when nobody allowed more: those of the public internet. What stands for an IPv4 address is judged
/// by that one. Pure.
/// </summary>
internal static class AddressRules
{
    private static readonly (IPNetwork Network, string Name)[] Refused =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "unspecified"),
        (IPNetwork.Parse("10.0.0.0/8"), "private"),
        (IPNetwork.Parse("100.64.0.0/10"), "shared (CGNAT)"),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local"),
        (IPNetwork.Parse("172.16.0.0/12"), "private"),
        (IPNetwork.Parse("192.0.0.0/24"), "reserved"),
        (IPNetwork.Parse("192.0.2.0/24"), "documentation"),
        (IPNetwork.Parse("192.88.99.0/24"), "reserved"),
        (IPNetwork.Parse("192.168.0.0/16"), "private"),
        (IPNetwork.Parse("198.18.0.0/15"), "benchmark"),
        (IPNetwork.Parse("198.51.100.0/24"), "documentation"),
        (IPNetwork.Parse("203.0.113.0/24"), "documentation"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
        (IPNetwork.Parse("::/128"), "unspecified"),
        (IPNetwork.Parse("::1/128"), "loopback"),
        (IPNetwork.Parse("fc00::/7"), "private"),
        (IPNetwork.Parse("fe80::/10"), "link-local"),
        (IPNetwork.Parse("fec0::/10"), "private"),
        (IPNetwork.Parse("ff00::/8"), "multicast"),
        (IPNetwork.Parse("2001::/23"), "reserved"),
        (IPNetwork.Parse("2001:db8::/32"), "documentation"),
        (IPNetwork.Parse("3fff::/20"), "documentation"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Networks whose addresses hold an IPv4 address, and at which byte.</summary>
    private static readonly (IPNetwork Network, int At)[] Embedding =
    [
        (IPNetwork.Parse("64:ff9b::/96"), 12),
        (IPNetwork.Parse("2002::/16"), 2),
    ];

    /// <summary>What kind of address it is, a word, when a webhook may not go there; null when it may.</summary>
    public static string? FindRefusal(IPAddress address)
    {
        var judged = FindEmbedded(address) ?? address;
        foreach (var (network, name) in Refused)
        {
            if (network.Contains(judged)) return name;
        }
        // Whatever else there is of IPv6 has no owner yet, or one who is nobody's business outside.
        return judged.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(judged) ? "reserved" : null;
    }

    /// <summary>The IPv4 address that an IPv6 address stands for; null when it stands for none.</summary>
    public static IPAddress? FindEmbedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return null;
        // Not by a network: IPNetwork takes such an address for an IPv4 one.
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        foreach (var (network, at) in Embedding)
        {
            if (network.Contains(address)) return new IPAddress(address.GetAddressBytes().AsSpan(at, 4));
        }
        return null;
    }
}
