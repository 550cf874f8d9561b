using System.Globalization;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>What a container's health check believes: a process that says "ready", and no page of anything else at that port.</summary>
public sealed class HealthcheckTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Only_a_process_that_says_ready_is_healthy()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        await using var proxy = await LyingProxy.Start(server.Url);
        await Eventually.Is(async () => await Ask(proxy.Url) == 0, "it is healthy");
        foreach (var body in (string[])["<html>welcome</html>", "", "{}", "[]", """{"status":"not-ready"}""", """{"status":1}"""])
        {
            proxy.Lies = (_, _) => new FalseAnswer(200, "application/json", body);
            Assert.Equal(1, await Ask(proxy.Url));
        }
        proxy.Lies = (_, _) => new FalseAnswer(503, "application/json", """{"status":"ready"}""");
        Assert.Equal(1, await Ask(proxy.Url));
    }

    private static async Task<int> Ask(Uri address) => (await Command.Run(
        Repository.Program("Gateway", "openclaw-gateway"), ["healthcheck"],
        ("WORKER_PORT", address.Port.ToString(CultureInfo.InvariantCulture)), ("http_proxy", "http://127.0.0.1:9"))).ExitCode;
}
