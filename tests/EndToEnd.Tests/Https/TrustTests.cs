using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests.Https;

/// <summary>Workers that trust a server's own authority as its page says: the original's, on Node, and ours.</summary>
public sealed class TrustTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task The_original_s_worker_trusts_it_by_NODE_EXTRA_CA_CERTS_and_not_without()
    {
        await using var server = await Start();
        using var client = new Api(server.Url, "shared-secret", CaFile(server));
        var id = await client.Submit(new JsonObject { ["command"] = "echo by node" });
        var script = Path.Combine(AppContext.BaseDirectory, "Https", "compatible-worker.mjs");
        string[] call = [script, server.Url.GetLeftPart(UriPartial.Authority), "shared-secret"];

        var stranger = await Command.Run("node", call);
        Assert.Equal(1, stranger.ExitCode);
        Assert.Contains("VERIFY", stranger.Errors + stranger.Output, StringComparison.Ordinal);
        var trusting = await Command.Run("node", call, ("NODE_EXTRA_CA_CERTS", CaFile(server)));

        Assert.True(trusting.ExitCode == 0, trusting.Errors);
        Assert.True((bool)JsonNode.Parse(trusting.Output)!["success"]!);
        Assert.Equal("by node\n", (string)(await client.End(id))["stdout"]!);
    }

    [Fact]
    public async Task Our_worker_trusts_it_by_its_CA_file_and_not_without()
    {
        await using var server = await Start();
        using var client = new Api(server.Url, "shared-secret", CaFile(server));
        (string, string)[] settings =
        [
            ("WORKER_URL", server.Url.ToString()), ("WORKER_TOKEN", server.TokenOf("worker")), ("WORKER_NAME", "pc"),
            ("OPENCLAW_WORKER_HOME", folder.File("worker")),
        ];
        var program = Repository.Program("Worker", "openclaw-worker");
        await using (var stranger = ServerProcess.Launch(program, ["run"], settings))
            await Eventually.Is(() => stranger.Output.Contains("not trusted", StringComparison.Ordinal), "it says that it trusts it not");
        Assert.Equal(404, (int)(await client.Get("/workers/pc")).Status);

        await using var worker = ServerProcess.Launch(program, ["run"], [.. settings, ("OPENCLAW_CA_FILE", CaFile(server))]);
        var id = await client.Submit(new JsonObject { ["command"] = "echo by pin", ["worker"] = "pc" });
        Assert.Equal("by pin\n", (string)(await client.End(id))["stdout"]!);
    }

    public void Dispose() => folder.Dispose();

    private Task<StandaloneProcess> Start() => StandaloneProcess.StartIn(
        folder.File("data"), [("WORKER_TOKEN", "shared-secret")], "--listen", "0.0.0.0", "--no-worker");

    private static string CaFile(StandaloneProcess server) => Path.Combine(server.Data, "tls", "ca.pem");
}
