using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Transport;

public sealed class CallRetryRulesTests
{
    [Theory]
    [InlineData(400, false), InlineData(401, true), InlineData(403, true), InlineData(404, false)]
    [InlineData(408, true), InlineData(409, false), InlineData(413, false), InlineData(415, false)]
    [InlineData(422, false), InlineData(425, true), InlineData(429, true), InlineData(500, true), InlineData(502, true)]
    [InlineData(503, true), InlineData(504, true)]
    public void A_status_is_a_verdict_or_passes(int status, bool passes) => Assert.Equal(passes, CallRetryRules.IsRetryable(status));

    [Fact]
    public void A_broken_exchange_passes_and_a_bug_does_not()
    {
        Assert.True(CallRetryRules.IsRetryable(new HttpRequestException()));
        Assert.True(CallRetryRules.IsRetryable(new System.Net.Sockets.SocketException()));
        Assert.True(CallRetryRules.IsRetryable(new IOException()));
        Assert.True(CallRetryRules.IsRetryable(new TaskCanceledException()));
        Assert.True(CallRetryRules.IsRetryable(new System.Text.Json.JsonException()));
        Assert.False(CallRetryRules.IsRetryable(new InvalidOperationException()));
    }
}
