using System.Net.Http.Headers;

namespace OpenClaw.Gateway.Webhooks;

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
