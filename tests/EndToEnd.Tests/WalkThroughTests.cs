using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>The Node project's walk-through, to the letter, with the real curl and a compatible worker.</summary>
public sealed class WalkThroughTests : IDisposable
{
    private const string SharedToken = "a-token-of-the-original-0123456789";
    private readonly TemporaryFolder folder = new();
    private string Data => this.folder.File("data");

    [Fact]
    public async Task Submit_and_long_poll_with_curl_give_the_result()
    {
        await using var server = await StandaloneProcess.Start(Data);
        var token = server.TokenOf("client");
        var submitted = await Curl(
            $$"""
            curl -sS -X POST {{server.Url}}tasks \
              -H "Authorization: Bearer {{token}}" \
              -H "Content-Type: application/json" \
              -d '{"command": "echo 来自远程的问候！", "timeout": 30000}'
            """);
        Assert.Equal(["message", "taskId"], submitted.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
        var result = await Curl(
            $$"""
            curl -sS "{{server.Url}}tasks/{{submitted["taskId"]}}?wait=30000" \
              -H "Authorization: Bearer {{token}}"
            """);
        Assert.Equal("来自远程的问候！\n", result["stdout"]!.GetValue<string>());
        Assert.Equal(0, result["exitCode"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_shared_token_of_the_original_acts_as_client_and_as_worker_and_never_as_admin()
    {
        await using var server = await StandaloneProcess.StartIn(Data, [("WORKER_TOKEN", SharedToken)], "--no-worker");
        using var shared = new Api(server.Url, SharedToken);
        await using var worker = new CompatibleWorker(() => shared);
        var id = await shared.Submit(new JsonObject { ["command"] = "echo out; echo err >&2; exit 7" });
        var task = await shared.End(id);
        Assert.Equal("out\n", task["stdout"]!.GetValue<string>());
        Assert.Equal("err\n", task["stderr"]!.GetValue<string>());
        Assert.Equal(7, task["exitCode"]!.GetValue<int>());
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await shared.Post("/workers/compat/drain", null)).Status);
        await Eventually.Is(() => server.Errors.Contains("WORKER_TOKEN", StringComparison.Ordinal), "it has said that it is on");
        Assert.DoesNotContain(SharedToken, server.Errors + server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_variable_the_shared_token_opens_nothing()
    {
        await using var server = await StandaloneProcess.Start(Data, "--no-worker");
        using var shared = new Api(server.Url, SharedToken);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await shared.Get("/tasks")).Status);
    }

    [Fact]
    public async Task A_worker_of_the_originals_protocol_takes_many_tasks_and_loses_none()
    {
        await using var server = await StandaloneProcess.Start(Data, "--no-worker");
        using var client = new Api(server.Url, server.TokenOf("client"));
        using var token = new Api(server.Url, server.TokenOf("worker"));
        var ids = new List<string>();
        for (var i = 0; i < 20; i++) ids.Add(await client.Submit(new JsonObject { ["command"] = $"echo {i}" }));
        await using var one = new CompatibleWorker(() => token);
        await using var other = new CompatibleWorker(() => token);
        for (var i = 0; i < 20; i++) Assert.Equal($"{i}\n", (await client.End(ids[i]))["stdout"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_file_goes_there_and_back_with_curl()
    {
        await using var server = await StandaloneProcess.Start(Data);
        var bearer = $"-H 'Authorization: Bearer {server.TokenOf("client")}' -H 'Content-Type: application/json'";
        var path = this.folder.File("new/folder/note.txt");
        await Ended("files/write", new JsonObject { ["path"] = path, ["content"] = "one\ntwo\n" });
        await Ended("files/edit", new JsonObject { ["path"] = path, ["old_string"] = "two", ["new_string"] = "$& three" });
        var read = await Ended("files/read", new JsonObject { ["path"] = path });
        Assert.Equal("one\n$& three\n", read["stdout"]!.GetValue<string>());
        Assert.Equal("one\n$& three\n", await File.ReadAllTextAsync(path));

        async Task<JsonNode> Ended(string route, JsonObject body)
        {
            await File.WriteAllTextAsync(this.folder.File("body"), body.ToJsonString());
            var submitted = await Curl($"curl -sS {server.Url}{route} {bearer} --data-binary @'{this.folder.File("body")}'");
            var result = await Curl($"curl -sS '{server.Url}tasks/{submitted["taskId"]}?wait=30000' {bearer}");
            Assert.True(result["exitCode"]?.GetValue<int>() == 0, result.ToJsonString());
            return result;
        }
    }

    [Fact]
    public async Task Health_needs_no_token()
    {
        await using var server = await StandaloneProcess.Start(Data, "--no-worker");
        var health = await Curl($"curl -sS {server.Url}health");
        Assert.Equal("ok", health["status"]!.GetValue<string>());
        // How much work there is is told to anybody only where one token and one tenant is all there is: with WORKER_TOKEN.
        Assert.All(["tasks", "results", "activeSessions"], name => Assert.Null(health[name]));
    }

    public void Dispose() => this.folder.Dispose();

    private static async Task<JsonNode> Curl(string line)
    {
        var ran = await Command.Shell(line);
        Assert.True(ran.ExitCode == 0, ran.Errors);
        return JsonNode.Parse(ran.Output)!;
    }
}
