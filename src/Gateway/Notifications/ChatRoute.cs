using System.Text.Json;
using OpenClaw.Gateway.Output;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.Notifications;

/// <summary>
/// Posts the answer of a turn to the chat channel its submit named. For workers of the session protocol only: the original's worker posts
/// by itself. A long answer has several messages; when a later one fails, all come again.
/// </summary>
internal sealed class ChatRoute(IOutputLog output, IWebhookOutbox outbox, ChatPoster poster, TimeProvider clock) : IDeliveryRoute
{
    /// <summary>For all messages of an answer. Less than the claim of a webhook, so that nobody else begins meanwhile.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);

    public WebhookRoute Route => WebhookRoute.Chat;

    public async Task<DeliveryResult> Send(Webhook webhook, TaskSnapshot task, CancellationToken cancellation)
    {
        (long, long)? totals = task.Outcome is { } outcome ? (outcome.StdoutBytes, outcome.StderrBytes) : null;
        var text = AnswerText.FormatTurn(task, await OutputText.ReadStreams(output, task.Id, task.Attempt, totals, cancellation));
        var token = await ReadBotToken(webhook, cancellation);
        using var limit = new CancellationTokenSource(Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var refusal = await poster.PostMessage(webhook.Target, text, token, repeats: 0, either.Token);
            return refusal is null ? DeliveryResult.Taken : new(refusal.Sentence, refusal.RetryAfter, !refusal.MayRecover);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new("the chat service does not answer");
        }
    }

    /// <summary>It is in the payload and nowhere else. Null: the server's own; retention drops large payloads of old.</summary>
    private async Task<string?> ReadBotToken(Webhook webhook, CancellationToken cancellation)
    {
        if (await outbox.ReadPayload(webhook.Task, cancellation) is not { Length: > 0 } payload) return null;
        return JsonSerializer.Deserialize(payload, ProtocolJson.Lenient.AgentPayload)?.CallbackBotToken;
    }
}
