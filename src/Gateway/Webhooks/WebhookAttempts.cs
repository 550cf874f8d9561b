using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>Makes one attempt to deliver a webhook that was claimed, and writes down what came of it.</summary>
internal sealed class WebhookAttempts(
    IGrainFactory grains, IWebhookOutbox outbox, IEnumerable<IDeliveryRoute> routes, IOptions<WebhookOptions> options,
    WebhookReports reports, TimeProvider clock)
{
    private readonly Dictionary<WebhookRoute, IDeliveryRoute> routes = routes.ToDictionary(route => route.Route);

    /// <summary>Nothing is thrown. What can't even be recorded is due again when the claim ends.</summary>
    public async Task SendAndRecord(Webhook webhook, CancellationToken stopping)
    {
        try
        {
            var attempt = await MakeAttempt(webhook, stopping);
            // Recorded also while the host stops: what was delivered is not to be delivered again.
            if (await outbox.RecordAttempt(attempt, CancellationToken.None)) reports.ReportAttempt(webhook, attempt);
        }
        catch (Exception error)
        {
            reports.ReportError(webhook, error);
        }
    }

    private async Task<WebhookAttempt> MakeAttempt(Webhook webhook, CancellationToken stopping)
    {
        DeliveryResult result;
        try
        {
            result = await Send(webhook, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return new(webhook.Id, webhook.Attempts, WebhookState.Waiting, clock.GetUtcNow(), "the server was stopped while it sent this");
        }
        catch (Exception error)
        {
            reports.ReportError(webhook, error);
            result = new("the server could not send it");
        }
        return DeliveryRules.JudgeAttempt(webhook, result, clock.GetUtcNow(), options.Value.BackOff, Random.Shared.NextDouble());
    }

    private async Task<DeliveryResult> Send(Webhook webhook, CancellationToken stopping)
    {
        if (!routes.TryGetValue(webhook.Route, out var route)) return new("this server knows no such way");
        if (await grains.GetTaskGrain(webhook.Task).GetStored() is not { } task) return new("its task is gone", IsFinal: true);
        return await route.Send(webhook, task, stopping);
    }
}

/// <summary>Tells what came of attempts: counts, log lines, and an audit note of each that was given up.</summary>
internal sealed class WebhookReports(IAuditTrail audit, TimeProvider clock, ILogger<WebhookReports> log)
{
    public void ReportAttempt(Webhook webhook, WebhookAttempt attempt)
    {
        WebhookMetrics.CountAttempt(webhook.Route, attempt.State);
        if (attempt.State != WebhookState.Dead) return;
        log.WebhookDead(webhook.Id, webhook.Task, webhook.Host, attempt.Attempt, attempt.Error);
        audit.AddNote(new(clock.GetUtcNow(), "webhook-dead", Actor.System.TokenId, null, webhook.Task, $"{webhook.Id}: {attempt.Error}"));
    }

    public void ReportError(Webhook webhook, Exception error) => log.AttemptFailed(webhook.Id, webhook.Task, error);
}
