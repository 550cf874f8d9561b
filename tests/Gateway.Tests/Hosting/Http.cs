using System.Net;
using System.Text;
using System.Text.Json;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>Requests as any client makes them: text in, status and JSON out.</summary>
internal static class Http
{
    public static async Task<(HttpStatusCode Status, JsonElement Body)> Send(
        this HttpClient http, HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, body.Length == 0 ? default : JsonDocument.Parse(body).RootElement);
    }

    public static Task<(HttpStatusCode Status, JsonElement Body)> Post(
        this HttpClient http, string path, string json, params (string Name, string Value)[] headers) =>
        http.Send(HttpMethod.Post, path, json, headers);

    public static Task<(HttpStatusCode Status, JsonElement Body)> Get(this HttpClient http, string path) => http.Send(HttpMethod.Get, path);

    /// <summary>Submits a task that must be accepted; its id.</summary>
    public static async Task<string> Submit(this HttpClient http, string json, string path = "/tasks")
    {
        var (status, body) = await http.Post(path, json);
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        return body.GetProperty("taskId").GetString()!;
    }

    public static string? Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
