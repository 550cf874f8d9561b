using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;
using SessionWorker = OpenClaw.Gateway.Tests.Workers.SessionWorker;

namespace OpenClaw.Gateway.Tests.Attempts;

/// <summary>Results that bring what was printed along: little of it is recorded with the end, and it reads as any other output.</summary>
[Collection(nameof(GatewayHost))]
public sealed class EndWithOutputTests(GatewayHost host)
{
    private const int MostWithAnEnd = 8 * 1024;

    [Theory]
    [InlineData(2)]
    [InlineData(MostWithAnEnd - 1)]
    [InlineData(MostWithAnEnd)]
    [InlineData(70_000)]
    public async Task What_a_result_brings_along_is_read_with_the_end(int length)
    {
        var (task, attempt, pc) = await Start("end-output");
        var text = new string('x', length - 1);
        using var client = host.Http(host.ClientToken);
        var wait = client.GetStringAsync($"/tasks/{task}?wait=20000");

        var taken = await pc.Result(attempt, "succeeded", 0, ("stdout", 0, 0, text), ("stderr", 1, 0, "!"));

        Assert.Equal("recorded", Text(taken.Answer, "fate"));
        var waited = JsonElement.Parse(await wait);
        Assert.Equal(("succeeded", text, "!"), (Text(waited, "state"), Text(waited, "stdout"), Text(waited, "stderr")));
        Assert.False(waited.GetProperty("truncated").GetBoolean());
        Assert.Equal(text, await client.GetStringAsync($"/tasks/{task}/output?stream=stdout"));
        var again = await pc.Result(attempt, "succeeded", 0, ("stdout", 0, 0, text), ("stderr", 1, 0, "!"));
        Assert.Equal("duplicate", Text(again.Answer, "fate"));
        Assert.Equal(text, await client.GetStringAsync($"/tasks/{task}/output?stream=stdout"));
    }

    [Fact]
    public async Task Who_follows_hears_it()
    {
        var (task, attempt, pc) = await Start("end-output-live");
        using var client = host.Http(host.ClientToken);
        var follow = client.GetStringAsync($"/tasks/{task}/output?follow=true");

        await pc.Result(attempt, "succeeded", 0, ("stdout", 0, 0, "all of it"));

        Assert.Equal("all of it", await follow);
    }

    [Fact]
    public async Task What_was_appended_before_is_not_taken_twice()
    {
        var (task, attempt, pc) = await Start("end-output-twice");
        // The answer was lost: the worker tells it again with the end.
        Assert.Equal(200, (await pc.Output(attempt, ("stdout", 0, 0, "one "))).Status);

        var taken = await pc.Result(attempt, "succeeded", 0, ("stdout", 0, 0, "one "), ("stdout", 1, 4, "two"));

        Assert.Equal("recorded", Text(taken.Answer, "fate"));
        Assert.Equal("one two", Text(await pc.Read(task), "stdout"));
    }

    [Fact]
    public async Task What_was_streamed_before_an_end_that_brings_nothing_is_read_by_who_waits_for_it()
    {
        var (task, attempt, pc) = await Start("end-output-streamed");
        Assert.Equal(200, (await pc.Output(attempt, ("stdout", 0, 0, "streamed"))).Status);
        using var client = host.Http(host.ClientToken);
        var wait = client.GetStringAsync($"/tasks/{task}?wait=20000");

        await pc.Post($"/worker/attempts/{attempt}/result", ",\"outcome\":\"succeeded\",\"exitCode\":0,\"stdoutBytes\":8,\"output\":[]");

        var waited = JsonElement.Parse(await wait);
        Assert.Equal(("succeeded", "streamed"), (Text(waited, "state"), Text(waited, "stdout")));
        Assert.False(waited.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task A_gap_is_told_as_ever()
    {
        var (_, attempt, pc) = await Start("end-output-gap");
        Assert.Equal("urn:openclaw:output-gap", Text((await pc.Result(attempt, "succeeded", 0, ("stdout", 1, 4, "two"))).Answer, "type"));
        Assert.Equal("recorded", Text((await pc.Result(attempt, "succeeded", 0, ("stdout", 0, 0, "one"))).Answer, "fate"));
    }

    [Fact]
    public async Task A_token_that_may_not_see_payloads_sees_none_of_it()
    {
        var (task, attempt, pc) = await Start("end-output-blind");
        await pc.Result(attempt, "succeeded", 0, ("stdout", 0, 0, "secret"));
        using var admin = host.Http(host.AdminToken);
        using var made = await admin.PostAsync("/admin/tokens", GatewayHost.Json("""{"role":"client","scopes":["tasks:read"]}"""));
        using var blind = host.Http(Text(JsonElement.Parse(await made.Content.ReadAsByteArrayAsync()), "secret"));

        Assert.DoesNotContain("secret", await blind.GetStringAsync($"/tasks/{task}?wait=1000"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?name=end-output-old", "?name=end-output-old")]
    [InlineData("?name=end-output-old", "")]
    [InlineData("", "")]
    public async Task The_originals_result_brings_it_along_as_well(string poll, string report)
    {
        using var old = host.Http(GatewayHost.SharedToken);
        var target = poll.Length > 0 ? ",\"worker\":\"end-output-old\"" : "";
        var submitted = await Post(old, "/tasks", $$"""{"command":"true"{{target}}}""");
        var task = Text(submitted, "taskId")!;
        var polled = await old.GetStringAsync("/worker/poll" + poll + (poll.Length > 0 ? "&" : "?") + "wait=20000");
        Assert.Contains(task, polled, StringComparison.Ordinal);
        var result = $$"""{"taskId":"{{task}}","stdout":"hi\n","stderr":"oh","exitCode":3,"error":null}""";

        await Post(old, "/worker/result" + report, result);
        await Post(old, "/worker/result" + report, result);

        var view = JsonElement.Parse(await old.GetStringAsync($"/tasks/{task}"));
        Assert.Equal(("failed", "hi\n", "oh"), (Text(view, "state"), Text(view, "stdout"), Text(view, "stderr")));
    }

    private async Task<(string Task, string Attempt, SessionWorker Pc)> Start(string name)
    {
        var pc = await SessionWorker.Open(host, name);
        var task = await pc.Submit($$"""{"command":"true","worker":"{{name}}"}""");
        var attempt = (await pc.Poll()).GetProperty("offers").EnumerateArray().Single().GetProperty("attemptId").GetString()!;
        Assert.Equal(200, (await pc.Post($"/worker/attempts/{attempt}/start", "")).Status);
        return (task, attempt, pc);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static async Task<JsonElement> Post(HttpClient http, string path, string json)
    {
        using var answer = await http.PostAsync(path, GatewayHost.Json(json));
        Assert.Equal(200, (int)answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync());
    }
}
