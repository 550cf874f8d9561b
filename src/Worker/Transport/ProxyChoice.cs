using System.Globalization;
using System.Net;

namespace OpenClaw.Worker.Transport;

/// <summary>
/// Decides which HTTP proxy is used on the way to the gateway, if any. One that is set for the worker alone (<c>--proxy</c>) is always
/// used; those of the session's variables never for a gateway on this PC. <c>NO_PROXY</c> excludes both.
/// </summary>
internal static class ProxyChoice
{
    /// <summary>The proxy, or null; and a sentence when what is set is no proxy.</summary>
    public static (Uri? Proxy, string? Error) ChooseFor(Uri gateway, string? own, Func<string, string?> variable)
    {
        var (name, text) = own is { Length: > 0 } ? ("OPENCLAW_PROXY", own) : FindInherited(gateway, variable);
        if (text is null || IsBypassed(gateway, ReadVariable(variable, "no_proxy"))) return (null, null);
        // Most people write it without a scheme.
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(full, UriKind.Absolute, out var proxy)
            && proxy.Scheme is "http" or "https" or "socks5" or "socks4" or "socks4a"
            && proxy.Host.Length > 0
            ? (proxy, null)
            : (null, $"{name} must be the address of an HTTP or SOCKS proxy, such as http://proxy.example:3128");
    }

    /// <summary>
    /// As <c>NO_PROXY</c> is commonly read: names with all below them, addresses, networks, each with a port or without; <c>*</c>:
    /// everything.
    /// </summary>
    public static bool IsBypassed(Uri gateway, string? noProxy) =>
        noProxy is not null && noProxy.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Any(entry => MatchesEntry(gateway, entry));

    /// <summary>The proxy's address without user and password.</summary>
    public static string FormatForLog(Uri proxy) => proxy.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    private static (string Name, string? Text) FindInherited(Uri gateway, Func<string, string?> variable)
    {
        if (gateway.IsLoopback) return ("", null);
        var name = gateway.Scheme == "https" ? "https_proxy" : "http_proxy";
        return ReadVariable(variable, name) is { } text ? (name.ToUpperInvariant(), text)
            : ("ALL_PROXY", ReadVariable(variable, "all_proxy"));
    }

    private static string? ReadVariable(Func<string, string?> variable, string name) =>
        variable(name) is { Length: > 0 } small ? small : variable(name.ToUpperInvariant()) is { Length: > 0 } large ? large : null;

    private static bool MatchesEntry(Uri gateway, string entry)
    {
        if (entry == "*") return true;
        var host = gateway.IdnHost.Trim('[', ']');
        if (IPAddress.TryParse(host, out var address))
        {
            var (plain, wanted) = SplitPort(entry);
            if (wanted is { } p && p != gateway.Port) return false;
            return IPAddress.TryParse(plain.Trim('[', ']'), out var one) ? one.Equals(address)
                : IPNetwork.TryParse(plain, out var network) && network.Contains(address);
        }
        var (name, port) = SplitPort(entry);
        name = name.TrimStart('*').TrimStart('.');
        return name.Length > 0 && (port is null || port == gateway.Port)
            && (host.Equals(name, StringComparison.OrdinalIgnoreCase) || host.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase));
    }

    private static (string Name, int? Port) SplitPort(string entry)
    {
        var colon = entry.LastIndexOf(':');
        // An IPv6 address has more than one colon, and its port stands behind a bracket.
        var hasPort = colon > 0 && (entry.IndexOf(':') == colon || entry[colon - 1] == ']');
        return hasPort && int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (entry[..colon], port) : (entry, null);
    }
}
