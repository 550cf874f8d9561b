using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Gateway.Tests.Webhooks;

public sealed class RetryAfterHeaderTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, null), InlineData("0", null, 0), InlineData("120", null, 120), InlineData("soon", null, null)]
    [InlineData("Sun, 01 Mar 2026 12:02:00 GMT", null, 120), InlineData("Sun, 01 Mar 2026 11:59:00 GMT", null, null)]
    [InlineData("Sun, 01 Mar 2026 12:00:00 GMT", null, null)]
    // A receiver whose clock is an hour ahead asks for half a minute.
    [InlineData("Sun, 01 Mar 2026 13:00:30 GMT", "Sun, 01 Mar 2026 13:00:00 GMT", 30)]
    public void Seconds_and_dates_are_both_pauses(string? retryAfter, string? date, int? seconds)
    {
        using var response = new HttpResponseMessage();
        if (retryAfter is not null) response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        if (date is not null) response.Headers.TryAddWithoutValidation("Date", date);

        Assert.Equal(seconds, (int?)RetryAfterHeader.GetPause(response.Headers, Noon)?.TotalSeconds);
    }
}
