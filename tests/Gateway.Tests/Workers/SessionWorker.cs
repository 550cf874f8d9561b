using System.Globalization;
using System.Text;
using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Workers;

/// <summary>A daemon of the session protocol, by hand.</summary>
internal sealed class SessionWorker : IDisposable
{
    private readonly HttpClient worker;
    private readonly HttpClient client;
    private readonly string session;

    private SessionWorker(GatewayHost host, string session)
    {
        (worker, client) = (host.Http(host.WorkerToken), host.Http(host.ClientToken));
        this.session = session;
    }

    public static async Task<SessionWorker> Open(GatewayHost host, string name)
    {
        var (status, answer) = await TryOpen(host, name, "instance-of-" + name, takeOver: false);
        Assert.Equal(200, status);
        Assert.True(answer.GetProperty("epoch").GetInt64() > 0);
        return new(host, answer.GetProperty("session").GetString()!);
    }

    public static async Task<(int Status, JsonElement Answer)> TryOpen(GatewayHost host, string name, string instance, bool takeOver)
    {
        using var http = host.Http(host.WorkerToken);
        return await Post(http, "/worker/sessions", $$"""
            {"name":"{{name}}","instance":"{{instance}}","labels":["gpu"],"kinds":["command","own-kind"],"os":"linux","arch":"x64",
             "maxConcurrent":3,"takeOver":{{(takeOver ? "true" : "false")}}}
            """);
    }

    public async Task<string> Submit(string json)
    {
        var (status, answer) = await Post(client, "/tasks", json);
        Assert.Equal(200, status);
        return answer.GetProperty("taskId").GetString()!;
    }

    public async Task<JsonElement> Read(string task) => JsonElement.Parse(await client.GetStringAsync($"/tasks/{task}"));

    public async Task<JsonElement> Poll(int wait = 20_000, string held = "")
    {
        var (status, answer) = await Post("/worker/poll", string.Create(CultureInfo.InvariantCulture, $",\"freeSlots\":1,\"held\":[{held}],\"wait\":{wait}"));
        Assert.Equal(200, status);
        return answer;
    }

    /// <summary>Posts the session and <paramref name="more"/> members.</summary>
    public Task<(int Status, JsonElement Answer)> Post(string path, string more) => Post(worker, path, $"{{\"session\":\"{session}\"{more}}}");

    public Task<(int Status, JsonElement Answer)> Output(string attempt, params (string Stream, int Sequence, int Offset, string Text)[] chunks) =>
        Post($"/worker/attempts/{attempt}/output", $",\"chunks\":{Json(chunks)}");

    public Task<(int Status, JsonElement Answer)> Result(
        string attempt, string outcome, int? exitCode, params (string Stream, int Sequence, int Offset, string Text)[] chunks) =>
        Post($"/worker/attempts/{attempt}/result", string.Create(CultureInfo.InvariantCulture,
            $",\"outcome\":\"{outcome}\",\"exitCode\":{(exitCode is { } code ? code.ToString(CultureInfo.InvariantCulture) : "null")},\"stdoutBytes\":{Printed(chunks)},\"output\":{Json(chunks)}"));

    public void Dispose()
    {
        worker.Dispose();
        client.Dispose();
    }

    /// <summary>All that stdout has printed, when the last of it is in these chunks.</summary>
    private static int Printed((string Stream, int Sequence, int Offset, string Text)[] chunks) =>
        chunks.Where(chunk => chunk.Stream == "stdout").Select(chunk => chunk.Offset + Encoding.UTF8.GetByteCount(chunk.Text)).LastOrDefault();

    private static string Json((string Stream, int Sequence, int Offset, string Text)[] chunks) => "[" + string.Join(',', chunks.Select(chunk =>
        string.Create(CultureInfo.InvariantCulture,
            $"{{\"stream\":\"{chunk.Stream}\",\"sequence\":{chunk.Sequence},\"offset\":{chunk.Offset},\"data\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(chunk.Text))}\"}}"))) + "]";

    private static async Task<(int Status, JsonElement Answer)> Post(HttpClient http, string path, string json)
    {
        using var answer = await http.PostAsync(path, GatewayHost.Json(json));
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        return ((int)answer.StatusCode, bytes.Length == 0 ? default : JsonElement.Parse(bytes));
    }
}
