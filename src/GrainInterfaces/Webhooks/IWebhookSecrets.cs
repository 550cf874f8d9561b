namespace OpenClaw.GrainInterfaces.Webhooks;

/// <summary>The secrets that webhooks are signed with, one for each tenant. They are stored as they are: a signature needs them.</summary>
public interface IWebhookSecrets
{
    /// <summary>The secret of a tenant; the given one becomes it when there is none yet.</summary>
    ValueTask<WebhookSecret> GetOrAdd(string tenant, byte[] candidate, CancellationToken cancellation);

    /// <summary>Makes a new secret the tenant's. The one before signs, too, until a time.</summary>
    ValueTask<WebhookSecret> Rotate(string tenant, byte[] secret, DateTimeOffset formerUntil, CancellationToken cancellation);
}

/// <summary>What a tenant's webhooks are signed with.</summary>
/// <param name="Secret">The secret.</param>
/// <param name="Former">The one before; null: there was none.</param>
/// <param name="FormerUntil">Until when that one signs as well.</param>
public sealed record WebhookSecret(byte[] Secret, byte[]? Former, DateTimeOffset? FormerUntil);
