using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenClaw.Gateway.Security.Uses;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Tests.Security.Uses;

/// <summary>When a token was last used, as administrators see it: here, over a restart, and of a use at another gateway.</summary>
public sealed class LastUseRouteTests
{
    [Fact]
    public async Task It_is_seen_at_once_and_after_a_restart_and_no_version_is_made_of_it()
    {
        await using var gateway = await LiveGateway.Start();
        var admin = new TokensClient(gateway.Admin);
        var (used, idle) = (await Make(admin), await Make(admin));
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        // Also one that may not do what it asks for.
        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.With(used.Secret).Get("/admin/tokens")).Status);

        var seen = (await admin.GetToken(used.Token.Id)).Value!;
        Assert.InRange(seen.LastUsedAt ?? 0, before, before + 60_000);
        var page = (await admin.ListTokens(limit: 500)).Value!;
        Assert.Equal(seen.LastUsedAt, page.Tokens.Single(token => token.Id == seen.Id).LastUsedAt);
        Assert.InRange(page.UsesSince ?? 0, before - 600_000, before);

        // Its administrator had read it before.
        Assert.Equal(1, (await admin.ChangeToken(seen.Id, new ChangeToken { Scopes = ["tasks:read"] })).Value!.Version);
        await StopWriter(gateway.Services);
        await gateway.Restart();
        admin = new TokensClient(gateway.Admin);
        var after = (await admin.GetToken(used.Token.Id)).Value!;
        Assert.Equal((seen.LastUsedAt, 1), (after.LastUsedAt, after.Version));
        var other = (await admin.GetToken(idle.Token.Id)).Value!;
        Assert.Null(other.LastUsedAt);
        Assert.Equal(page.UsesSince, (await admin.ListTokens()).Value!.UsesSince);
    }

    [Fact]
    public async Task A_use_at_another_gateway_is_known_when_that_has_told()
    {
        await using var gateway = await LiveGateway.Start();
        var admin = new TokensClient(gateway.Admin);
        var used = await Make(admin);
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await using (var second = await SecondGateway.Start(gateway))
        {
            using var http = new HttpClient { BaseAddress = second.Address };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", used.Secret);
            Assert.Equal(HttpStatusCode.OK, (await http.Get("/tasks")).Status);
            Assert.Null((await admin.GetToken(used.Token.Id)).Value!.LastUsedAt);
            await StopWriter(second.Services);
        }
        Assert.InRange((await admin.GetToken(used.Token.Id)).Value!.LastUsedAt ?? 0, before, before + 60_000);
    }

    /// <summary>As a server's host does at its end.</summary>
    private static Task StopWriter(IServiceProvider services) =>
        services.GetServices<IHostedService>().OfType<LastUseWriter>().Single().StopAsync(CancellationToken.None);

    private static async Task<IssuedTokenView> Make(TokensClient admin) =>
        (await admin.MakeToken(new MakeToken { Role = "client" })).Value!;
}
