using System.Diagnostics.Metrics;
using OpenClaw.Gateway.Telemetry;
using OpenClaw.GrainInterfaces.Webhooks;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>What is counted of webhooks: by their route and what came of the attempt, never by host or tenant.</summary>
internal static class WebhookMetrics
{
    private static readonly Meter Meter = new(RequestTrace.Name);

    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "openclaw.webhook.attempts", "{attempt}", "Attempts to deliver a webhook, by what came of them");

    private static long waiting;

    static WebhookMetrics() => Meter.CreateObservableGauge(
        "openclaw.webhooks.waiting", () => Waiting, "{webhook}", "Webhooks that wait to be delivered, in the whole database");

    /// <summary>True while somebody measures.</summary>
    public static bool IsRead => Attempts.Enabled;

    /// <summary>How many waited when they were counted last.</summary>
    public static long Waiting
    {
        get => Interlocked.Read(ref waiting);
        set => Interlocked.Exchange(ref waiting, value);
    }

    public static void CountAttempt(WebhookRoute route, WebhookState state) =>
        Attempts.Add(1, new("route", WebhookViews.NameRoute(route)), new("result", state switch
        {
            WebhookState.Delivered => "delivered",
            WebhookState.Dead => "dead",
            _ => "failed",
        }));
}
