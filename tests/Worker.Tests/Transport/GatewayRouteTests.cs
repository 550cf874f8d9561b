using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Transport;

/// <summary>A daemon on the ways there are: a base path, a gateway with an authority of its own, a proxy.</summary>
public sealed class GatewayRouteTests
{
    [Fact]
    public async Task A_gateway_under_a_base_path()
    {
        await using var worker = await WorkerHarness.Prepare(before: await FakeGateway.Start(basePath: "/claw/here"));
        worker.Go();
        var attempt = await worker.Gateway.Ended(worker.Gateway.Command("head -c 300000 /dev/zero"));
        Assert.Equal(("succeeded", 300_000), (attempt.Results[0].Outcome, attempt.Stdout.Length));
        await worker.Stop();
        Assert.Equal(1, worker.Gateway.Count("close"));
    }

    [Fact]
    public async Task A_gateway_with_an_authority_of_its_own_is_trusted_by_its_file()
    {
        using var authority = new GatewayAuthority();
        await using var worker = await WorkerHarness.Prepare(before: await FakeGateway.Start(certificate: authority.Issue("127.0.0.1")));
        worker.Options = worker.Options with { CaFile = authority.Write(worker.PathOf("ca.pem")) };
        worker.Go();
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
    }

    [Theory]
    [InlineData(false, "127.0.0.1", 1), InlineData(true, "elsewhere.example", 1), InlineData(true, "127.0.0.1", -1)]
    public async Task One_that_is_not_trusted_gets_no_call(bool given, string name, int days)
    {
        using var authority = new GatewayAuthority();
        using var other = new GatewayAuthority();
        await using var worker = await WorkerHarness.Prepare(before: await FakeGateway.Start(certificate: authority.Issue(name, days)));
        worker.Options = worker.Options with { CaFile = (given ? authority : other).Write(worker.PathOf("ca.pem")) };
        worker.Go();
        await Until.True(() => worker.Log.Contains("no session with", StringComparison.Ordinal), "it tried");
        Assert.Empty(worker.Gateway.Calls);
    }

    [Theory]
    [InlineData("no.pem", null), InlineData("empty.pem", ""), InlineData("text.pem", "no certificate")]
    [InlineData("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task A_file_of_authorities_that_holds_none_ends_the_start(string name, string? content)
    {
        await using var worker = await WorkerHarness.Prepare();
        worker.Options = worker.Options with { CaFile = worker.PathOf(name) };
        if (content is not null) await File.WriteAllTextAsync(worker.PathOf(name), content);
        worker.Go();
        Assert.Equal(ExitCodes.Configuration, await worker.Daemon);
        Assert.Contains("OPENCLAW_CA_FILE", worker.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Through_a_proxy_that_asks_who_it_is_to_a_gateway_with_TLS()
    {
        using var authority = new GatewayAuthority();
        await using var proxy = new ConnectProxy("me", "p@ss");
        await using var worker = await WorkerHarness.Prepare(before: await FakeGateway.Start(certificate: authority.Issue("127.0.0.1")));
        worker.Options = worker.Options with
        {
            CaFile = authority.Write(worker.PathOf("ca.pem")),
            Proxy = new Uri($"http://me:p%40ss@127.0.0.1:{proxy.Port}")
        };
        worker.Go();
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
        Assert.All(proxy.Tunnels, host => Assert.Equal($"127.0.0.1:{worker.Gateway.Url.Port}", host));
        Assert.NotEmpty(proxy.Tunnels);
        Assert.DoesNotContain("p@ss", worker.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_lets_nobody_through_is_told_and_tried_again()
    {
        using var authority = new GatewayAuthority();
        await using var proxy = new ConnectProxy("me", "right");
        await using var worker = await WorkerHarness.Prepare(before: await FakeGateway.Start(certificate: authority.Issue("127.0.0.1")));
        worker.Options = worker.Options with
        {
            CaFile = authority.Write(worker.PathOf("ca.pem")),
            Proxy = new Uri($"http://me:wrong@127.0.0.1:{proxy.Port}")
        };
        worker.Go();
        await Until.True(() => worker.Log.Contains("407", StringComparison.Ordinal), "it says why");
        Assert.Empty(worker.Gateway.Calls);
        Assert.DoesNotContain("wrong", worker.Log, StringComparison.Ordinal);
        proxy.Password = "wrong";
        await worker.Gateway.Until(g => g.Count("poll") > 0, "it came through");
    }
}
