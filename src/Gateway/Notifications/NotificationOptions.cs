using Microsoft.Extensions.Options;

namespace OpenClaw.Gateway.Notifications;

/// <summary>Where chat messages go. Set from the environment.</summary>
public sealed class NotificationOptions
{
    /// <summary><c>DISCORD_API_URL</c>: base of Discord's REST API.</summary>
    public string ApiUrl { get; set; } = "https://discord.com/api/v10";
    /// <summary><c>DISCORD_BOT_TOKEN</c>; null: messages are refused, unless a task brings a token of its own.</summary>
    public string? BotToken { get; set; }
    /// <summary><c>DISCORD_PROXY</c>: HTTP proxy on the way there; null: as the system says.</summary>
    public string? Proxy { get; set; }
    /// <summary>Wait before the first repeat; it doubles from there.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>Checks the settings at start-up, all of them.</summary>
internal sealed class NotificationOptionsValidator : IValidateOptions<NotificationOptions>
{
    public ValidateOptionsResult Validate(string? name, NotificationOptions options)
    {
        var errors = new List<string>();
        if (!IsHttpUrl(options.ApiUrl)) errors.Add("DISCORD_API_URL must be an absolute http or https URL.");
        if (options.Proxy is { } proxy && !IsHttpUrl(proxy)) errors.Add("DISCORD_PROXY must be an absolute http URL.");
        if (options.BotToken is { } token && !token.All(c => c is > ' ' and <= '~'))
            errors.Add("DISCORD_BOT_TOKEN must be visible ASCII characters.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static bool IsHttpUrl(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https");
}
