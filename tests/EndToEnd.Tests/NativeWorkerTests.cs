using System.Diagnostics;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>The worker as one native binary, published here, on another "PC" than the server's.</summary>
public sealed class NativeWorkerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task The_native_worker_runs_a_command_for_a_server_without_one()
    {
        var binary = await Publish();
        await using var server = await StandaloneProcess.Start(_folder.File("data"), "--no-worker");
        using var client = new Api(server.Url, server.TokenOf("client"));
        using var worker = Start(binary, server);
        try
        {
            var id = await client.Submit(new JsonObject { ["argv"] = new JsonArray("sh", "-c", "echo $OPENCLAW_TASK_ID"), ["worker"] = "native" });
            Assert.Equal(id + "\n", (await client.End(id))["stdout"]!.GetValue<string>());
            var view = (await client.Get("/workers/native")).Ok();
            Assert.Equal("online", view["status"]!.GetValue<string>());

            await Command.Run("kill", ["-TERM", $"{worker.Id}"]);
            await worker.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(0, worker.ExitCode);
        }
        finally
        {
            if (!worker.HasExited) worker.Kill();
        }
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> Publish()
    {
        var target = _folder.File("publish");
        var ran = await Command.Run(
            "dotnet",
            ["publish", Path.Combine(Repository.Root, "src/Worker"), "-c", "Release", "-p:PublishAot=true", "-o", target, "--artifacts-path", _folder.File("artifacts")],
            ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"));
        Assert.True(ran.ExitCode == 0, ran.Output + ran.Errors);
        Assert.DoesNotContain(": warning ", ran.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(target, "*.dll"));
        return Path.Combine(target, "openclaw-worker");
    }

    private Process Start(string binary, StandaloneProcess server)
    {
        var start = new ProcessStartInfo(binary);
        start.Environment["WORKER_URL"] = server.Url.ToString();
        start.Environment["WORKER_TOKEN"] = server.TokenOf("worker");
        start.Environment["WORKER_NAME"] = "native";
        start.Environment["OPENCLAW_WORKER_HOME"] = _folder.File("home");
        return Process.Start(start)!;
    }
}
