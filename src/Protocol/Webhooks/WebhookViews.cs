using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Webhooks;

/// <summary>The body of a webhook, in the form of Standard Webhooks.</summary>
/// <param name="Type">What happened: <c>task.ended</c>.</param>
/// <param name="Timestamp">When it happened, ISO 8601.</param>
/// <param name="Data">The task as it ended, without payload, output and the worker's own words.</param>
public sealed record WebhookBody(string Type, string Timestamp, TaskView Data);

/// <summary>How far the webhook of a task is.</summary>
public sealed record CallbackView
{
    /// <summary>waiting, delivered or dead.</summary>
    public required string State { get; init; }
    /// <summary>Attempts begun.</summary>
    public required int Attempts { get; init; }
    /// <summary>Why the latest attempt failed, a sentence.</summary>
    public string? LastError { get; init; }
    /// <summary>While it waits: when it is sent next, ms since 1970.</summary>
    public long? NextAttemptAt { get; init; }
}

/// <summary>One webhook.</summary>
public sealed record WebhookView
{
    /// <summary>Its id, the same as in the header <c>webhook-id</c> of each attempt.</summary>
    public required string Id { get; init; }
    /// <summary>The task it tells of.</summary>
    public required string TaskId { get; init; }
    /// <summary>What happened.</summary>
    public required string Type { get; init; }
    /// <summary>Where it goes; without path and query for a token that sees no payloads.</summary>
    public required string Url { get; init; }
    /// <summary>waiting, delivered or dead.</summary>
    public required string State { get; init; }
    /// <summary>Attempts begun.</summary>
    public required int Attempts { get; init; }
    /// <summary>Why the latest attempt failed, a sentence.</summary>
    public string? LastError { get; init; }
    /// <summary>When it happened, ms since 1970.</summary>
    public required long CreatedAt { get; init; }
    /// <summary>While it waits: when it is sent next, ms since 1970.</summary>
    public long? NextAttemptAt { get; init; }
    /// <summary>When it was delivered or given up, ms since 1970.</summary>
    public long? EndedAt { get; init; }
}

/// <summary>A page of webhooks, the newest first.</summary>
public sealed record WebhookListView(WebhookView[] Webhooks, string? NextCursor = null);

/// <summary>POST /admin/webhook-secret: makes a new secret.</summary>
public sealed record RotateWebhookSecret
{
    /// <summary>How long the secret before it signs as well, ms; 24 hours where nothing is said.</summary>
    public long? Overlap { get; init; }
}

/// <summary>A new secret. It is shown this once.</summary>
/// <param name="Secret">The secret, <c>whsec_</c> and base64.</param>
/// <param name="FormerUntil">Until when the one before signs as well, ms since 1970; absent: there is none.</param>
public sealed record WebhookSecretView(string Secret, long? FormerUntil);
