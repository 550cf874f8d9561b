using Microsoft.Extensions.Configuration;
using OpenClaw.Hosting.Settings;

namespace OpenClaw.Gateway.Notifications;

/// <summary>The chat settings by their names; nothing else of the environment can reach any part of the host.</summary>
public static class ChatSettings
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("DISCORD_BOT_TOKEN", "Bot that /notify and callbackChannel post as. Default: off."),
        new("DISCORD_API_URL", "Base address of the REST API. Default: https://discord.com/api/v10."),
        new("DISCORD_PROXY", "HTTP proxy on the way there. Default: as the system says."),
    ];

    /// <summary>Puts what the environment has into the host's configuration.</summary>
    public static void AddChatSettings(this IConfigurationBuilder configuration, Func<string, string?> environment) =>
        configuration.AddInMemoryCollection(All.Select(chat => KeyValuePair.Create(chat.Variable, environment(chat.Variable))));
}
