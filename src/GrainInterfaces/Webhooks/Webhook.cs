namespace OpenClaw.GrainInterfaces.Webhooks;

/// <summary>How far a webhook is. The numbers are stored.</summary>
public enum WebhookState
{
    /// <summary>No state.</summary>
    None = 0,
    /// <summary>It is sent when its time comes, for the first time or again.</summary>
    Waiting = 1,
    /// <summary>Its receiver said yes.</summary>
    Delivered = 2,
    /// <summary>It was given up. Somebody may have it sent again.</summary>
    Dead = 3,
}

/// <summary>On which way a webhook goes. The numbers are stored.</summary>
public enum WebhookRoute
{
    /// <summary>No route.</summary>
    None = 0,
    /// <summary>A POST to the URL that the submit named.</summary>
    Url = 1,
    /// <summary>The answer of a turn, to a chat channel.</summary>
    Chat = 2,
}

/// <summary>What is to be told of a task to somebody outside.</summary>
public sealed record Webhook
{
    /// <summary>How long it is tried for.</summary>
    public static readonly TimeSpan RetryFor = TimeSpan.FromDays(1);

    /// <summary>The event: a task has ended.</summary>
    public const string TaskEnded = "task.ended";

    /// <summary>The same in every attempt: a receiver knows a repeat by it.</summary>
    public required Guid Id { get; init; }
    /// <summary>The task it tells of.</summary>
    public required Guid Task { get; init; }
    /// <summary>Owner of the task.</summary>
    public required string Tenant { get; init; }
    /// <summary>On which way it goes.</summary>
    public required WebhookRoute Route { get; init; }
    /// <summary>The URL or the channel. It may hold secrets.</summary>
    public required string Target { get; init; }
    /// <summary>Host of the target: receivers of one host are served a few at a time.</summary>
    public required string Host { get; init; }
    /// <summary>What happened.</summary>
    public required string Event { get; init; }
    /// <summary>When it happened.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>When it is sent next; while it is being sent, when somebody else may do so.</summary>
    public required DateTimeOffset DueAt { get; init; }
    /// <summary>After this it is not tried again.</summary>
    public required DateTimeOffset GiveUpAt { get; init; }
    /// <summary>How far it is.</summary>
    public required WebhookState State { get; init; }
    /// <summary>Attempts begun.</summary>
    public int Attempts { get; init; }
    /// <summary>When it was delivered or given up.</summary>
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>Why the latest attempt failed, a sentence.</summary>
    public string? LastError { get; init; }
}
