using System.Globalization;
using System.Text.Json;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Webhooks;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>One way on which webhooks go.</summary>
internal interface IDeliveryRoute
{
    /// <summary>Which one.</summary>
    WebhookRoute Route { get; }

    /// <summary>Makes one attempt. Nothing is thrown but a cancellation, and what infrastructure throws.</summary>
    Task<DeliveryResult> Send(Webhook webhook, TaskSnapshot task, CancellationToken cancellation);
}

/// <summary>To a URL, in the form of Standard Webhooks.</summary>
internal sealed class UrlRoute(UrlSender sender, IWebhookSecrets secrets, TimeProvider clock) : IDeliveryRoute
{
    public WebhookRoute Route => WebhookRoute.Url;

    public async Task<DeliveryResult> Send(Webhook webhook, TaskSnapshot task, CancellationToken cancellation)
    {
        var (now, id, body) = (clock.GetUtcNow(), webhook.Id.ToString("D"), WriteBody(webhook, task));
        var secret = await secrets.GetOrAdd(webhook.Tenant, WebhookSignature.CreateSecret(), cancellation);
        return await sender.PostBody(
            new Uri(webhook.Target), body,
            [
                new(WebhookSignature.IdHeader, id),
                new(WebhookSignature.TimestampHeader, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                new(WebhookSignature.SignatureHeader, WebhookSignature.Sign(secret, id, now, body)),
            ],
            cancellation);
    }

    /// <summary>
    /// The end and the client's own tags, and nothing that a program or a worker wrote: a receiver that may see more reads it with its
    /// token, and one that somebody else put there learns nothing.
    /// </summary>
    internal static byte[] WriteBody(Webhook webhook, TaskSnapshot task) => JsonSerializer.SerializeToUtf8Bytes(
        new WebhookBody(
            webhook.Event,
            webhook.CreatedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            StateViews.ToView(task) with { Tags = task.Spec.Tags }),
        ProtocolJson.Default.WebhookBody);
}
