using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Attempts;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>
/// Sends the webhooks that are due. Each gateway claims some of them at a time, a few for one host, so that a receiver which is slow or
/// dead holds up no other. What it had claimed when it was killed is due again when the claim ends.
/// </summary>
internal sealed class WebhookDelivery(
    IWebhookOutbox outbox, WebhookAttempts attempts, IOptions<WebhookOptions> options, IHostApplicationLifetime lifetime,
    TimeProvider clock, ILogger<WebhookDelivery> log)
    : BackgroundService, ITurnListener
{
    private const int MostAtOnce = 128;
    private const int MostPerHost = 4;

    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim changed = new(0, 1);
    private readonly Dictionary<Task, string> underWay = [];
    private long counted = long.MinValue;

    /// <summary>One may have come to be: no need to wait until it is looked for.</summary>
    public void OnTurnEnded(Guid task, TaskSpec turn, Holder by, TaskState state) => Wake();

    /// <summary>Looks for what is due now.</summary>
    public void Wake()
    {
        if (changed.CurrentCount > 0) return;
        try
        {
            changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else has just said so.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        changed.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The cluster that knows the tasks may start after this.
        using (lifetime.ApplicationStarted.Register(Wake)) await WaitForStart(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await StartDue(stoppingToken);
                await CountWaiting(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.OutboxFailed(error);
            }
            await WaitForChange(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Task.WhenAll(underWay.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WaitForStart(CancellationToken stopping)
    {
        while (!lifetime.ApplicationStarted.IsCancellationRequested && !stopping.IsCancellationRequested)
            await changed.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task StartDue(CancellationToken stopping)
    {
        foreach (var ended in underWay.Keys.Where(one => one.IsCompleted).ToArray()) underWay.Remove(ended);
        while (underWay.Count < MostAtOnce)
        {
            var now = clock.GetUtcNow();
            // Asked first, for it is a read: a claim is a write, and most of the time there is nothing to claim.
            if (await outbox.FindNextDue(stopping) is not { } due || due > now) return;
            var busy = underWay.Values.Distinct().ToArray();
            var claim = new WebhookClaim(now, now + options.Value.Claim, MostAtOnce - underWay.Count, MostPerHost, busy);
            var claimed = await outbox.ClaimDue(claim, stopping);
            foreach (var webhook in claimed) underWay.Add(SendAndWake(webhook, stopping), webhook.Host);
            if (claimed.Count == 0) return;
        }
    }

    private async Task SendAndWake(Webhook webhook, CancellationToken stopping)
    {
        // On its own: what is claimed next does not wait for the first call of this one.
        await Task.Yield();
        await attempts.SendAndRecord(webhook, stopping);
        Wake();
    }

    private async Task WaitForChange(CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var told = changed.WaitAsync(ended.Token);
        await Task.WhenAny(told, Task.Delay(options.Value.LookInterval, clock, ended.Token));
        await ended.CancelAsync();
        await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task CountWaiting(CancellationToken stopping)
    {
        if (!WebhookMetrics.IsRead || (counted != long.MinValue && clock.GetElapsedTime(counted) < CountInterval)) return;
        counted = clock.GetTimestamp();
        WebhookMetrics.Waiting = await outbox.CountWaiting(stopping);
    }
}
