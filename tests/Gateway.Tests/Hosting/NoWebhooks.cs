using OpenClaw.GrainInterfaces.Webhooks;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>An outbox that is empty and stays so: none of the tasks of these tests names a URL.</summary>
internal sealed class NoWebhooks : IWebhookOutbox, IWebhookSecrets
{
    public ValueTask<DateTimeOffset?> FindNextDue(CancellationToken cancellation) => default;

    public ValueTask<IReadOnlyList<Webhook>> ClaimDue(WebhookClaim claim, CancellationToken cancellation) => new([]);

    public ValueTask<bool> RecordAttempt(WebhookAttempt attempt, CancellationToken cancellation) => default;

    public ValueTask<IReadOnlyList<Webhook>> ReadOfTask(Guid task, CancellationToken cancellation) => new([]);

    public ValueTask<WebhookPage> ReadPage(WebhookQuery query, CancellationToken cancellation) => new(new WebhookPage([], null));

    public ValueTask<Webhook?> Find(Guid id, CancellationToken cancellation) => default;

    public ValueTask<bool> Revive(Guid id, DateTimeOffset now, CancellationToken cancellation) => default;

    public ValueTask<byte[]?> ReadPayload(Guid task, CancellationToken cancellation) => default;

    public ValueTask<long> CountWaiting(CancellationToken cancellation) => default;

    public ValueTask<WebhookSecret> GetOrAdd(string tenant, byte[] candidate, CancellationToken cancellation) =>
        new(new WebhookSecret(candidate, null, null));

    public ValueTask<WebhookSecret> Rotate(
        string tenant, byte[] secret, DateTimeOffset formerUntil, CancellationToken cancellation) =>
        new(new WebhookSecret(secret, null, null));
}
