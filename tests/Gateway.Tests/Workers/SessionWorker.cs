using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Workers;

/// <summary>Bytes a process printed, as a test writes them.</summary>
internal sealed record Printed(string Stream, int Sequence, int Offset, string Text)
{
    public static implicit operator Printed((string Stream, int Sequence, int Offset, string Text) chunk) =>
        new(chunk.Stream, chunk.Sequence, chunk.Offset, chunk.Text);
}

/// <summary>A daemon of the session protocol, by hand.</summary>
internal sealed class SessionWorker : IDisposable
{
    private readonly HttpClient worker;
    private readonly HttpClient client;
    private readonly string session;

    public string Session => session;

    private SessionWorker(GatewayHost host, string session)
    {
        (worker, client) = (host.Http(host.WorkerToken), host.Http(host.ClientToken));
        this.session = session;
    }

    /// <summary>Opens a session; <paramref name="more"/>: further members of the request, with a comma before each.</summary>
    public static async Task<SessionWorker> Open(GatewayHost host, string name, string? instance = null, string more = "")
    {
        var (status, answer) = await TryOpen(host, name, instance ?? "instance-of-" + name, more);
        Assert.Equal(200, status);
        Assert.True(answer.GetProperty("epoch").GetInt64() > 0);
        return new(host, answer.GetProperty("session").GetString()!);
    }

    /// <summary>Opens the session of one that writes files.</summary>
    public static async Task<SessionWorker> OpenForFiles(GatewayHost host, string name)
    {
        var (status, answer) = await TryOpen(host, name, "instance-of-" + name, kinds: "\"command\",\"file-write\"");
        Assert.Equal(200, status);
        return new(host, answer.GetProperty("session").GetString()!);
    }

    public static async Task<(int Status, JsonElement Answer)> TryOpen(
        GatewayHost host, string name, string instance, string more = "", string? token = null, string kinds = "\"command\",\"own-kind\"")
    {
        using var http = host.Http(token ?? host.WorkerToken);
        return await Post(http, "/worker/sessions", $$"""
            {"name":"{{name}}","instance":"{{instance}}","labels":["gpu"],"kinds":[{{kinds}}],"os":"linux","arch":"x64",
             "maxConcurrent":3{{more}}}
            """);
    }

    public Task<string> Submit(string json) => Submit("/tasks", json);

    public async Task<string> Submit(string route, string json)
    {
        var (status, answer) = await Post(client, route, json);
        Assert.Equal(200, status);
        return answer.GetProperty("taskId").GetString()!;
    }

    public async Task<JsonElement> Read(string task) => JsonElement.Parse(await client.GetStringAsync($"/tasks/{task}"));

    public async Task<JsonElement> Poll(int wait = 20_000, string held = "")
    {
        var (status, answer) = await Post("/worker/poll", $",\"freeSlots\":1,\"held\":[{held}],\"wait\":{wait}");
        Assert.Equal(200, status);
        return answer;
    }

    /// <summary>Posts the session and <paramref name="more"/> members.</summary>
    public Task<(int Status, JsonElement Answer)> Post(string path, string more) =>
        Post(worker, path, $"{{\"session\":\"{session}\"{more}}}");

    public Task<(int Status, JsonElement Answer)> Output(string attempt, params Printed[] chunks) =>
        Post($"/worker/attempts/{attempt}/output", $",\"chunks\":{Json(chunks)}");

    public Task<(int Status, JsonElement Answer)> Result(string attempt, string outcome, int? exitCode, params Printed[] chunks)
    {
        // All that stdout has printed, when the last of it is in these chunks.
        var bytes = chunks.Where(chunk => chunk.Stream == "stdout").Select(chunk => chunk.Offset + chunk.Text.Length).LastOrDefault();
        var code = exitCode is { } number ? $"{number}" : "null";
        return Post($"/worker/attempts/{attempt}/result",
            $",\"outcome\":\"{outcome}\",\"exitCode\":{code},\"stdoutBytes\":{bytes},\"output\":{Json(chunks)}");
    }

    public void Dispose()
    {
        worker.Dispose();
        client.Dispose();
    }

    private static string Json(Printed[] chunks) => new JsonArray([.. chunks.Select(chunk => new JsonObject
    {
        ["stream"] = chunk.Stream,
        ["sequence"] = chunk.Sequence,
        ["offset"] = chunk.Offset,
        ["data"] = Convert.ToBase64String([.. chunk.Text.Select(c => (byte)c)]),
    })]).ToJsonString();

    private static async Task<(int Status, JsonElement Answer)> Post(HttpClient http, string path, string json)
    {
        using var answer = await http.PostAsync(path, GatewayHost.Json(json));
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        return ((int)answer.StatusCode, bytes.Length == 0 ? default : JsonElement.Parse(bytes));
    }
}
