using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Compat;

/// <summary>A worker and a client that speak the compatible protocol and nothing newer.</summary>
internal sealed class OriginalWorker(GatewayHost host, string? name = null) : IDisposable
{
    private readonly HttpClient worker = host.Http(GatewayHost.SharedToken);
    private readonly HttpClient client = host.Http(GatewayHost.SharedToken);

    private string Query(string? query) => name is null ? $"?{query}" : $"?{query}&name={name}";

    public async Task<string> Submit(string json)
    {
        using var answer = await client.PostAsync("/tasks", GatewayHost.Json(json));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync()).GetProperty("taskId").GetString()!;
    }

    /// <summary>The task polled; null when there was none.</summary>
    public async Task<JsonElement?> Poll(int wait = 20_000, CancellationToken cancellation = default)
    {
        var json = await worker.GetStringAsync($"/worker/poll{Query($"wait={wait}")}", cancellation);
        return json.TrimStart() == "null" ? null : JsonElement.Parse(json);
    }

    public async Task<(int Status, JsonElement Answer)> Report(string json)
    {
        using var answer = await worker.PostAsync("/worker/result", GatewayHost.Json(json));
        return ((int)answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync()));
    }

    public async Task<JsonElement> Read(string task, int wait = 0)
    {
        using var answer = await client.GetAsync($"/tasks/{task}?wait={wait}");
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync());
    }

    public void Dispose()
    {
        worker.Dispose();
        client.Dispose();
    }
}
