using System.Net;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Webhooks.Targets;
using OpenClaw.Protocol.Waits;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>How webhooks are sent. Set from the environment.</summary>
internal sealed class WebhookOptions
{
    /// <summary><c>OPENCLAW_WEBHOOK_ALLOW</c>: where they may go beyond the public internet.</summary>
    public string? Allow { get; set; }
    /// <summary><c>OPENCLAW_WEBHOOK_PROXY</c>: HTTP proxy on the way, which then judges the addresses; null: none.</summary>
    public string? Proxy { get; set; }
    /// <summary>The pause after the first failure is about this long; it doubles from there up to an hour.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);
    /// <summary>How long a receiver may take to answer.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);
    /// <summary>How often it is looked for some that are due, when nobody tells of one.</summary>
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromSeconds(1);
    /// <summary>How long one that is being sent is nobody else's: longer than any attempt takes. Then it is due again.</summary>
    public TimeSpan Claim { get; set; } = TimeSpan.FromMinutes(1);
    /// <summary>How names become addresses.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; set; } = Dns.GetHostAddressesAsync;

    /// <summary>The pauses between attempts.</summary>
    public BackOff BackOff => new(FirstRetry, TimeSpan.FromHours(1));
}

/// <summary>Checks the settings at start-up, all of them.</summary>
internal sealed class WebhookOptionsValidator : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var errors = new List<string>();
        if (AllowedHosts.Parse(options.Allow) is null)
            errors.Add("OPENCLAW_WEBHOOK_ALLOW must be hosts, addresses or networks, as ci.internal,*.hooks.internal,10.1.0.0/16.");
        if (options.Proxy is { } proxy && !(Uri.TryCreate(proxy, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            errors.Add("OPENCLAW_WEBHOOK_PROXY must be an absolute http URL.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
