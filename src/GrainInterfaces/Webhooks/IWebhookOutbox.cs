using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.GrainInterfaces.Webhooks;

/// <summary>
/// The webhooks that wait, and those that are over. One comes to be with the commit that ends its task, and goes with the task.
/// </summary>
public interface IWebhookOutbox
{
    /// <summary>When the next one is due; null: none waits.</summary>
    ValueTask<DateTimeOffset?> FindNextDue(CancellationToken cancellation);

    /// <summary>
    /// Takes some that are due, the longest due first, so that nobody else does before the claim ends. Each counts one attempt more.
    /// </summary>
    ValueTask<IReadOnlyList<Webhook>> ClaimDue(WebhookClaim claim, CancellationToken cancellation);

    /// <summary>
    /// Writes down what became of an attempt. False when another attempt has begun since; that somebody has it is written always.
    /// </summary>
    ValueTask<bool> RecordAttempt(WebhookAttempt attempt, CancellationToken cancellation);

    /// <summary>Those of one task.</summary>
    ValueTask<IReadOnlyList<Webhook>> ReadOfTask(Guid task, CancellationToken cancellation);

    /// <summary>Those of a tenant in one state, the newest first.</summary>
    ValueTask<WebhookPage> ReadPage(WebhookQuery query, CancellationToken cancellation);

    /// <summary>One by its id; null when there is none.</summary>
    ValueTask<Webhook?> Find(Guid id, CancellationToken cancellation);

    /// <summary>Has one that was given up sent again, from now on for as long as a new one. False when it is not dead.</summary>
    ValueTask<bool> Revive(Guid id, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Payload of a task that a webhook tells of; null when the task is gone.</summary>
    ValueTask<byte[]?> ReadPayload(Guid task, CancellationToken cancellation);

    /// <summary>How many wait.</summary>
    ValueTask<long> CountWaiting(CancellationToken cancellation);
}

/// <summary>Which webhooks somebody takes.</summary>
/// <param name="Now">The time.</param>
/// <param name="Until">When the claim ends.</param>
/// <param name="Most">So many at most.</param>
/// <param name="MostPerHost">So many for one host at most.</param>
/// <param name="BusyHosts">None for these.</param>
public sealed record WebhookClaim(
    DateTimeOffset Now, DateTimeOffset Until, int Most, int MostPerHost, IReadOnlyCollection<string> BusyHosts);

/// <summary>What became of an attempt.</summary>
/// <param name="Id">The webhook.</param>
/// <param name="Attempt">Number of the attempt, as it was claimed.</param>
/// <param name="State">State from now on.</param>
/// <param name="At">When it ended, or while it waits, when it is due again.</param>
/// <param name="Error">Why it failed, a sentence; null: it did not.</param>
public sealed record WebhookAttempt(Guid Id, int Attempt, WebhookState State, DateTimeOffset At, string? Error);

/// <summary>A filter of webhooks, and where its page begins.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="State">In which state.</param>
/// <param name="Before">Place of the last one that was seen; null: the newest.</param>
/// <param name="Limit">So many at most.</param>
public sealed record WebhookQuery(string Tenant, WebhookState State, TaskCursor? Before, int Limit);

/// <summary>A page of webhooks. <see cref="Next"/>: where the next one begins, null when it is the last.</summary>
public sealed record WebhookPage(IReadOnlyList<Webhook> Webhooks, TaskCursor? Next)
{
    /// <summary>The page of some rows: a full one has a next one.</summary>
    public static WebhookPage FromRows(IReadOnlyList<Webhook> rows, int limit) =>
        new(rows, rows.Count == limit ? new TaskCursor(rows[^1].CreatedAt, rows[^1].Id) : null);
}
