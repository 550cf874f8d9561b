using System.Net;
using IPNetwork = System.Net.IPNetwork;

namespace OpenClaw.Gateway.Webhooks.Targets;

/// <summary>Where the operator lets webhooks go beyond the public internet: hosts by name, addresses, networks. Pure.</summary>
internal sealed class AllowedHosts
{
    private const string AllBelow = "*.";
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> suffixes = [];
    private readonly List<IPNetwork> networks = [];

    /// <summary><c>ci.internal,*.hooks.internal,10.1.0.0/16,127.0.0.1</c>; null when a part is none of these, or nothing.</summary>
    public static AllowedHosts? Parse(string? text)
    {
        var allowed = new AllowedHosts();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!allowed.TryAdd(part)) return null;
        }
        return allowed;
    }

    /// <summary>True for a host that is named, wherever its name leads.</summary>
    public bool AdmitsName(string host) =>
        names.Contains(host) || suffixes.Exists(suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));

    /// <summary>True for an address that is named, or one that stands for it.</summary>
    public bool AdmitsAddress(IPAddress address)
    {
        var plain = AddressRules.FindEmbedded(address) ?? address;
        // Of a mapped address only as what it stands for: an IPv6 network contains some of them by chance.
        return networks.Exists(network => network.Contains(plain) || (!address.IsIPv4MappedToIPv6 && network.Contains(address)));
    }

    private bool TryAdd(string part)
    {
        if (IPNetwork.TryParse(part, out var network)) networks.Add(network);
        else if (IPAddress.TryParse(part, out var address)) networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
        else if (part.StartsWith(AllBelow, StringComparison.Ordinal) && IsName(part[AllBelow.Length..])) suffixes.Add(part[1..]);
        else if (IsName(part)) names.Add(part);
        else return false;
        return true;
    }

    private static bool IsName(string text) => Uri.CheckHostName(text) == UriHostNameType.Dns;
}
