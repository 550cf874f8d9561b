using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace OpenClaw.Gateway.Requests;

/// <summary>
/// The client's address behind a proxy: the last one in X-Forwarded-For, when the connection comes from a proxy that is trusted to
/// have written it. Failed logins are counted by it and the audit names it.
/// </summary>
internal static class ForwardedAddress
{
    public static void UseForwardedAddress(this IApplicationBuilder app, IReadOnlyList<IPNetwork> proxies)
    {
        if (proxies.Count == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = 1 };
        // Trusts loopback by itself; here only what was named is.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in proxies) options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }

    /// <summary>Networks as <c>10.0.0.0/8,fd00::/8,192.0.2.7</c>; null when one of them is none.</summary>
    public static IReadOnlyList<IPNetwork>? ParseNetworks(string text)
    {
        var networks = new List<IPNetwork>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IPNetwork.TryParse(part, out var network)) networks.Add(network);
            else if (IPAddress.TryParse(part, out var address)) networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else return null;
        }
        return networks;
    }
}
