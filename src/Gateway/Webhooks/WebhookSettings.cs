using Microsoft.Extensions.Configuration;
using OpenClaw.Hosting.Settings;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>The settings of webhooks by their names; nothing else of the environment can reach any part of the host.</summary>
public static class WebhookSettings
{
    internal static readonly Setting Allow = new(
        "OPENCLAW_WEBHOOK_ALLOW", "Hosts, addresses and networks that webhooks may go to beyond the public internet. Default: none.");

    internal static readonly Setting Proxy = new(
        "OPENCLAW_WEBHOOK_PROXY", "HTTP proxy on the way of webhooks, which then judges the addresses. Default: none.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Allow, Proxy];

    /// <summary>Puts what the environment has into the host's configuration.</summary>
    public static void AddWebhookSettings(this IConfigurationBuilder configuration, Func<string, string?> environment) =>
        configuration.AddInMemoryCollection(All.Select(one => KeyValuePair.Create(one.Variable, environment(one.Variable))));
}
