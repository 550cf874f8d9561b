using OpenClaw.Gateway.Hosting;

namespace OpenClaw.Gateway.Tests.Security;

public sealed class TokensAreKnownTests
{
    [Fact]
    public async Task A_gateway_is_not_ready_before_its_tokens_are_known()
    {
        var check = new TokensAreKnown();
        Assert.NotNull(await check.Fault(default));
        check.Tell();
        Assert.Null(await check.Fault(default));
    }
}
