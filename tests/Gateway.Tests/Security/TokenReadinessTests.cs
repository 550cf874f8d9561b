using OpenClaw.Gateway.Hosting;

namespace OpenClaw.Gateway.Tests.Security;

public sealed class TokenReadinessTests
{
    [Fact]
    public async Task A_gateway_is_not_ready_before_its_tokens_are_known()
    {
        var check = new TokenReadiness();
        Assert.NotNull(await check.FindError(default));
        check.MarkReady();
        Assert.Null(await check.FindError(default));
    }
}
