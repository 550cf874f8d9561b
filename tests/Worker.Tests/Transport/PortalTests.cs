using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Transport;

/// <summary>A network with a page to log in that answers TLS too, with a certificate of its own.</summary>
public sealed class PortalTests
{
    [Fact]
    public async Task It_is_told_in_one_sentence_gets_no_call_and_work_begins_by_itself_when_it_is_gone()
    {
        using var authority = new GatewayAuthority();
        using var portals = new GatewayAuthority();
        await using var portal = await FakeGateway.Start(certificate: portals.Issue("login.example"));
        await using var worker = await WorkerHarness.Prepare(before: await FakeGateway.Start(certificate: authority.Issue("127.0.0.1")));
        await using var line = new SlowLine(portal.Url);
        var url = new UriBuilder(line.Url) { Scheme = "https" }.Uri;
        worker.Options = worker.Options with { Url = url, CaFile = authority.Write(worker.PathOf("ca.pem")) };
        worker.Go();
        await Until.True(() => worker.Log.Contains("the certificate is not trusted for 127.0.0.1", StringComparison.Ordinal), "it is told");
        Assert.Contains("log in where this network wants that", worker.Log, StringComparison.Ordinal);

        line.Server = worker.Gateway.Url;

        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
        Assert.Empty(portal.Calls);
    }
}
