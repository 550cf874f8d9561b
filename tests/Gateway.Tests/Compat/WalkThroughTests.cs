using System.Net;
using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Compat;

/// <summary>The original's README to the letter: a client, and a worker that is nothing but HTTP.</summary>
public sealed class WalkThroughTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task A_command_goes_round_as_in_the_readme()
    {
        var (status, submitted) = await gateway.Shared.Post("/tasks", """{"command": "echo 来自远程的问候！", "timeout": 30000}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["taskId", "message"], submitted.EnumerateObject().Select(field => field.Name));
        Assert.Equal("Task created, waiting for worker", submitted.Text("message"));
        var id = submitted.Text("taskId")!;

        var (_, pending) = await gateway.Shared.Get($"/tasks/{id}");
        Assert.Equal(("pending", "Result not ready yet"), (pending.Text("status"), pending.Text("message")));

        var (_, polled) = await gateway.Shared.Get("/worker/poll?wait=20000");
        Assert.Equal((id, "echo 来自远程的问候！", 30000), (polled.Text("id"), polled.Text("command"), polled.GetProperty("timeout").GetInt32()));
        var (_, running) = await gateway.Shared.Get($"/tasks/{id}");
        Assert.Equal("running", running.Text("status"));

        var waiting = gateway.Shared.Get($"/tasks/{id}?wait=30000");
        var (taken, success) = await gateway.Shared.Post("/worker/result",
            $$"""{"taskId":"{{id}}","stdout":"来自远程的问候！\n","stderr":"","exitCode":0,"error":null,"duration":12}""");
        Assert.Equal((HttpStatusCode.OK, true), (taken, success.GetProperty("success").GetBoolean()));

        var (_, done) = await waiting;
        Assert.Equal((id, "来自远程的问候！\n", "", 0),
            (done.Text("taskId"), done.Text("stdout"), done.Text("stderr"), done.GetProperty("exitCode").GetInt32()));
        Assert.Equal(JsonValueKind.Null, done.GetProperty("error").ValueKind);
        Assert.True(done.GetProperty("completedAt").GetInt64() > 1_700_000_000_000);
        Assert.NotEqual("pending", done.Text("status"));
        Assert.False(done.TryGetProperty("message", out _));
        Assert.Contains("来自远程的问候！", await gateway.Shared.GetStringAsync($"/tasks/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_of_claude_goes_round_with_its_metadata()
    {
        var (_, submitted) = await gateway.Shared.Post("/claude",
            """
            {"prompt":"列出文件","callbackChannel":"123",
             "origin":"discord","dispatchMode":"direct","responseMode":"direct","entrypoint":"bot"}
            """);
        var (id, session) = (submitted.Text("taskId")!, submitted.Text("sessionId")!);
        Assert.True(Guid.TryParse(session, out _));

        var (_, polled) = await gateway.Shared.Get("/worker/poll?wait=20000");
        Assert.Equal((id, "claude-cli", session, "123"),
            (polled.Text("id"), polled.Text("type"), polled.Text("sessionId"), polled.Text("callbackChannel")));
        await gateway.Shared.Post("/worker/result",
            $$$"""
            {"taskId":"{{{id}}}","stdout":"answer","stderr":"","exitCode":0,"error":null,"metadata":{"sessionId":"{{{session}}}"}}
            """);

        var (_, done) = await gateway.Shared.Get($"/tasks/{id}");
        Assert.Equal(("answer", session), (done.Text("stdout"), done.GetProperty("metadata").Text("sessionId")));
        Assert.Equal("discord", done.GetProperty("tags").Text("origin"));
        var (_, sessions) = await gateway.Shared.Get("/claude/sessions");
        var listed = Assert.Single(sessions.GetProperty("sessions").EnumerateArray(), entry => entry.Text("sessionId") == session);
        Assert.Equal(1, listed.GetProperty("taskCount").GetInt32());
        Assert.True(listed.GetProperty("lastActivity").GetInt64() > 1_700_000_000_000);
    }

    [Theory]
    [InlineData("/files/write", """{"path":"/tmp/a","content":"数据","encoding":"utf8"}""", "file-write", "content", "数据")]
    [InlineData("/files/read", """{"path":"/tmp/a"}""", "file-read", "path", "/tmp/a")]
    [InlineData("/files/edit", """{"path":"/tmp/a","old_string":"x","new_string":"$&"}""", "file-edit", "newString", "$&")]
    public async Task Files_go_round(string route, string json, string type, string field, string value)
    {
        var id = await gateway.Shared.Submit(json, route);

        var (_, polled) = await gateway.Shared.Get("/worker/poll?wait=20000");
        Assert.Equal((id, type, value), (polled.Text("id"), polled.Text("type"), polled.Text(field)));
        await gateway.Shared.Post("/worker/result", $$"""{"taskId":"{{id}}","stdout":"ok","stderr":"","exitCode":0,"error":null}""");
        var (_, done) = await gateway.Shared.Get($"/tasks/{id}");
        Assert.Equal("ok", done.Text("stdout"));
    }

    [Theory]
    [InlineData("/tasks", "{}", "command is required")]
    [InlineData("/files/read", "{}", "path is required")]
    [InlineData("/claude", "{}", "prompt is required")]
    public async Task What_is_missing_is_said_as_error(string route, string json, string error)
    {
        var (status, body) = await gateway.Shared.Post(route, json);

        Assert.Equal((HttpStatusCode.BadRequest, error), (status, body.Text("error")));
    }

    [Fact]
    public async Task Health_needs_no_token_and_counts()
    {
        var (status, health) = await gateway.With(null).Get("/health");

        Assert.Equal((HttpStatusCode.OK, "ok"), (status, health.Text("status")));
        Assert.All(["tasks", "results", "activeSessions"], count => Assert.True(health.GetProperty(count).GetInt64() >= 0));
    }

    [Fact]
    public async Task Recent_sessions_are_those_of_the_workers()
    {
        var (status, recent) = await gateway.Shared.Get("/claude/recent?limit=50");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(JsonValueKind.Array, recent.GetProperty("sessions").ValueKind);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("0198c0de-0000-7000-8000-000000000001")]
    public async Task A_task_nobody_knows_is_404_with_error(string id)
    {
        var (status, body) = await gateway.Shared.Get($"/tasks/{id}");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.NotNull(body.Text("error"));
    }
}
