using System.Net;
using OpenClaw.Gateway.Requests;
using OpenClaw.Hosting.Settings;

namespace OpenClaw.Gateway.Hosting;

/// <summary>Proxies in front of a server whose word about a client's address counts.</summary>
public static class ProxySettings
{
    private static readonly Setting Proxies = new(
        "OPENCLAW_TRUSTED_PROXIES", "Networks of proxies in front, separated by commas, whose X-Forwarded-For is believed. Default: none.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Proxies];

    /// <summary>The networks; errors are collected in the reader.</summary>
    public static IReadOnlyList<IPNetwork> ReadProxies(SettingsReader reader)
    {
        if (reader.ReadText(Proxies) is not { } text) return [];
        if (ForwardedAddress.ParseNetworks(text) is { } networks) return networks;
        reader.AddError($"{Proxies.Variable} is '{text}'; it must be addresses or networks, for example 10.0.0.0/8,192.0.2.7.");
        return [];
    }
}
