namespace OpenClaw.Gateway.Webhooks;

/// <summary>What is logged of webhooks: ids and the host, never a URL's path or query.</summary>
internal static partial class Log
{
    [LoggerMessage(63, LogLevel.Warning, "Webhook {Webhook} of task {Task} to {Host} is given up after {Attempts} attempts: {Reason}")]
    public static partial void WebhookDead(this ILogger log, Guid webhook, Guid task, string host, int attempts, string? reason);

    [LoggerMessage(64, LogLevel.Warning, "Webhook {Webhook} of task {Task} was not sent; it is tried again")]
    public static partial void AttemptFailed(this ILogger log, Guid webhook, Guid task, Exception error);

    [LoggerMessage(65, LogLevel.Warning, "The webhooks that are due can't be read now")]
    public static partial void OutboxFailed(this ILogger log, Exception error);
}
