using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Transport;

public sealed class RetryableTests
{
    [Theory]
    [InlineData(400, false), InlineData(401, true), InlineData(403, true), InlineData(404, false)]
    [InlineData(408, true), InlineData(409, false), InlineData(413, false), InlineData(415, false)]
    [InlineData(422, false), InlineData(425, true), InlineData(429, true), InlineData(500, true), InlineData(502, true)]
    [InlineData(503, true), InlineData(504, true)]
    public void A_status_is_a_verdict_or_passes(int status, bool passes) => Assert.Equal(passes, Retryable.Is(status));

    [Fact]
    public void A_broken_exchange_passes_and_a_bug_does_not()
    {
        Assert.True(Retryable.Is(new HttpRequestException()));
        Assert.True(Retryable.Is(new System.Net.Sockets.SocketException()));
        Assert.True(Retryable.Is(new IOException()));
        Assert.True(Retryable.Is(new TaskCanceledException()));
        Assert.True(Retryable.Is(new System.Text.Json.JsonException()));
        Assert.False(Retryable.Is(new InvalidOperationException()));
    }
}
