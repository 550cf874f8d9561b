using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Protocol.Webhooks;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>Webhooks as clients see them. Pure.</summary>
internal static class WebhookViews
{
    public static string NameState(WebhookState state) => state switch
    {
        WebhookState.Delivered => "delivered",
        WebhookState.Dead => "dead",
        _ => "waiting",
    };

    /// <summary>The state of a name; null for one that is none.</summary>
    public static WebhookState? FindState(string name) => name switch
    {
        "waiting" => WebhookState.Waiting,
        "delivered" => WebhookState.Delivered,
        "dead" => WebhookState.Dead,
        _ => null,
    };

    public static string NameRoute(WebhookRoute route) => route == WebhookRoute.Chat ? "chat" : "url";

    public static CallbackView ToCallback(Webhook webhook) => new()
    {
        State = NameState(webhook.State),
        Attempts = webhook.Attempts,
        LastError = webhook.LastError,
        NextAttemptAt = GetNextAttempt(webhook),
    };

    public static WebhookView ToView(Webhook webhook, Caller caller) => new()
    {
        Id = webhook.Id.ToString("D"),
        TaskId = webhook.Task.ToString("D"),
        Type = webhook.Event,
        Url = webhook.Route == WebhookRoute.Chat ? "discord:" + webhook.Target
            : caller.SeesPayloads() ? webhook.Target : HideSecrets(webhook.Target),
        State = NameState(webhook.State),
        Attempts = webhook.Attempts,
        LastError = webhook.LastError,
        CreatedAt = webhook.CreatedAt.ToUnixTimeMilliseconds(),
        NextAttemptAt = GetNextAttempt(webhook),
        EndedAt = webhook.EndedAt?.ToUnixTimeMilliseconds(),
    };

    /// <summary>A URL without path and query: many receivers have a secret there.</summary>
    public static string HideSecrets(string url) => new Uri(url).GetLeftPart(UriPartial.Authority);

    private static long? GetNextAttempt(Webhook webhook) =>
        webhook.State == WebhookState.Waiting ? webhook.DueAt.ToUnixTimeMilliseconds() : null;
}
