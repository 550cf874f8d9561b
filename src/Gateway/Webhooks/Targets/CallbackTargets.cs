using System.Net;
using Microsoft.Extensions.Options;

namespace OpenClaw.Gateway.Webhooks.Targets;

/// <summary>
/// Judges where a webhook may go: a URL when it is submitted and each time before it is called, an address when it is known.
/// </summary>
internal sealed class CallbackTargets(IOptions<WebhookOptions> options)
{
    private const string Allow = "unless the server's operator allows it (OPENCLAW_WEBHOOK_ALLOW)";
    private readonly AllowedHosts allowed = AllowedHosts.Parse(options.Value.Allow) ?? throw new InvalidOperationException("not checked");

    /// <summary>Why a URL can't be called, whatever its name leads to; null when it may be tried.</summary>
    public string? FindRefusal(Uri url)
    {
        var host = GetHost(url);
        if (IPAddress.TryParse(host, out var address))
        {
            if (allowed.AdmitsAddress(address)) return null;
            if (AddressRules.FindRefusal(address) is { } kind) return $"must not lead to a {kind} address {Allow}";
        }
        else
        {
            if (allowed.AdmitsName(host)) return null;
            if (IsLocalName(host)) return $"must not lead to a loopback address {Allow}";
        }
        return url.Scheme == Uri.UriSchemeHttps ? null : $"must be https {Allow}";
    }

    /// <summary>Those addresses of a host that may be connected to; the reason when there are none.</summary>
    public (IPAddress[] Addresses, string? Refusal) ChooseAddresses(string host, IPAddress[] found)
    {
        if (found.Length == 0) return ([], "its host has no address");
        if (allowed.AdmitsName(host)) return (found, null);
        var good = Array.FindAll(found, address => allowed.AdmitsAddress(address) || AddressRules.FindRefusal(address) is null);
        return good.Length > 0 ? (good, null) : ([], $"its host leads to a {AddressRules.FindRefusal(found[0])} address");
    }

    /// <summary>The host as it is looked up: without brackets, and without the dot at the end that means the same.</summary>
    public static string GetHost(Uri url) => url.IdnHost.TrimEnd('.');

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
