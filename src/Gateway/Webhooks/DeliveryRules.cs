using System.Net.Http.Headers;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Protocol.Waits;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>What came of an attempt to deliver.</summary>
/// <param name="Error">Why it failed, a sentence; null: the receiver has it.</param>
/// <param name="RetryAfter">How long the receiver asks to be left alone.</param>
/// <param name="IsFinal">It will never be taken.</param>
internal sealed record DeliveryResult(string? Error, TimeSpan? RetryAfter = null, bool IsFinal = false)
{
    public static DeliveryResult Taken { get; } = new(Error: null);
}

/// <summary>Decides what becomes of a webhook after an attempt. Pure.</summary>
internal static class DeliveryRules
{
    /// <summary>A receiver may ask for more; it is asked again after this long all the same.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    /// <summary>
    /// As Standard Webhooks has it: everything but a 2xx is a failure and tried again until its day is over, a redirect too; a 410 is the
    /// receiver's word that it will never want it.
    /// </summary>
    public static DeliveryResult FromStatus(int status, TimeSpan? retryAfter) => status switch
    {
        >= 200 and <= 299 => DeliveryResult.Taken,
        410 => new("the receiver answered 410: it is gone for good", IsFinal: true),
        >= 300 and <= 399 => new(string.Create(null, $"the receiver answered {status}: redirects are not followed")),
        _ => new(string.Create(null, $"the receiver answered {status}"), retryAfter),
    };

    /// <param name="webhook">As it was claimed: with the number of this attempt.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="now">The time.</param>
    /// <param name="backOff">The pauses between attempts.</param>
    /// <param name="chance">From 0 to 1, for the jitter.</param>
    public static WebhookAttempt JudgeAttempt(Webhook webhook, DeliveryResult result, DateTimeOffset now, BackOff backOff, double chance)
    {
        if (result.Error is null) return new(webhook.Id, webhook.Attempts, WebhookState.Delivered, now, null);
        var pause = backOff.GetPause(webhook.Attempts, chance);
        if (result.RetryAfter is { } asked) pause = Max(pause, asked < LongestRetryAfter ? asked : LongestRetryAfter);
        var next = now + pause;
        return result.IsFinal || next > webhook.GiveUpAt
            ? new(webhook.Id, webhook.Attempts, WebhookState.Dead, now, result.Error)
            : new(webhook.Id, webhook.Attempts, WebhookState.Waiting, next, result.Error);
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

/// <summary>How long a receiver asks to be left alone: RFC 9110, 10.2.3. Pure.</summary>
internal static class RetryAfterHeader
{
    /// <summary>
    /// Null when it asks for nothing, or for a time that is over. A date is one of the receiver's clock, so it counts from the time of its
    /// answer where the answer has one.
    /// </summary>
    public static TimeSpan? GetPause(HttpResponseHeaders headers, DateTimeOffset now) => headers.RetryAfter switch
    {
        { Delta: { } pause } => pause,
        { Date: { } date } when date - (headers.Date ?? now) is { Ticks: > 0 } pause => pause,
        _ => null,
    };
}
