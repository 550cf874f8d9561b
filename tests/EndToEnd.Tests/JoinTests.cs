using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>A PC that joins with the programs as they are: server, <c>openclaw-worker join</c>, daemon.</summary>
public sealed class JoinTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_PC_joins_runs_a_task_is_revoked_and_its_owner_reads_why()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        using var admin = new Api(server.Url, server.TokenOf("admin"));
        var token = await Invite(admin, new() { ["worker"] = "studio" });
        var (code, output) = await Join(server, token, "home");
        Assert.True(code == 0, output);
        Assert.Contains("This PC will take tasks from", output, StringComparison.Ordinal);
        Assert.Contains("as studio, with the key", output, StringComparison.Ordinal);
        Assert.DoesNotContain(token, output, StringComparison.Ordinal);

        await using var daemon = Start("home");
        await Eventually.Is(() => daemon.Output.Contains("connected as studio to", StringComparison.Ordinal), "it is connected");
        using var client = new Api(server.Url, server.TokenOf("client"));
        var end = await client.End(await client.Submit(new() { ["command"] = "echo joined", ["worker"] = "studio" }));
        Assert.Equal("joined\n", end["stdout"]!.GetValue<string>());

        (await admin.Post("/workers/studio/revoke", new JsonObject { ["reason"] = "the laptop was stolen" })).Ok();
        await Eventually.Is(() => daemon.Output.Contains("the laptop was stolen", StringComparison.Ordinal), "it says why");
        await daemon.Signal("TERM");

        // The token was used: nobody else joins by it.
        (code, output) = await Join(server, token, "other");
        Assert.Equal(1, code);
        Assert.Contains("ask for a new invitation", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_with_a_token_changes_over_to_a_key_and_no_task_is_lost()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        using var admin = new Api(server.Url, server.TokenOf("admin"));
        using var client = new Api(server.Url, server.TokenOf("client"));
        var before = Start("home",
            ("WORKER_URL", server.Url.ToString()), ("WORKER_TOKEN", server.TokenOf("worker")), ("WORKER_NAME", "pc"));
        var go = folder.File("go");
        var running = await client.Submit(new()
        {
            ["command"] = $"while [ ! -e {go} ]; do sleep 0.05; done; echo whole", ["worker"] = "pc", ["timeout"] = 120_000,
        });
        await Eventually.Is(() => before.Output.Contains($"attempt {running}.1 (command) started", StringComparison.Ordinal), "it runs");
        var queued = await client.Submit(new() { ["command"] = "true", ["worker"] = "pc", ["concurrencyKey"] = "after" });

        var token = await Invite(admin, new());
        var (code, output) = await Join(server, token, "home", "--name", "pc");
        Assert.True(code == 0, output);
        await before.Kill();
        await before.DisposeAsync();
        await using var after = Start("home");
        await Eventually.Is(() => after.Output.Contains("connected as pc to", StringComparison.Ordinal), "it is connected by its key");
        await File.WriteAllTextAsync(go, "");

        var end = await client.End(running);
        Assert.Equal(("succeeded", "whole\n"), (end["state"]!.GetValue<string>(), end["stdout"]!.GetValue<string>()));
        Assert.Equal("succeeded", (await client.End(queued))["state"]!.GetValue<string>());
        await after.Signal("TERM");
    }

    private ServerProcess Start(string home, params (string Name, string Value)[] environment) =>
        ServerProcess.Launch(Repository.Program("Worker", "openclaw-worker"), ["run", "--home", folder.File(home)], environment);

    private async Task<(int Code, string Output)> Join(StandaloneProcess server, string token, string home, params string[] more)
    {
        string[] arguments = ["join", server.Url.ToString(), "--yes", "--no-start", "--home", folder.File(home), .. more];
        await using var process = ServerProcess.Launch(
            Repository.Program("Worker", "openclaw-worker"), arguments, ("OPENCLAW_JOIN_TOKEN", token));
        var code = await process.Exit();
        return (code, process.Output + "\n" + process.Errors);
    }

    private static async Task<string> Invite(Api admin, JsonObject invite) =>
        (await admin.Post("/admin/invites", invite)).Ok()["joinToken"]!.GetValue<string>();
}
