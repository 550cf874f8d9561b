using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace OpenClaw.TestKit.Clients;

/// <summary>A plain HTTP client with a token; answers are JSON as it came.</summary>
public sealed class Api : IDisposable
{
    private readonly HttpClient http;

    /// <param name="server">Its address.</param>
    /// <param name="token">A token of any kind.</param>
    /// <param name="caFile">The one authority that is trusted; null: those of the system.</param>
    /// <param name="version">The version of HTTP; null: 1.1.</param>
    public Api(Uri server, string token, string? caFile = null, Version? version = null)
    {
        var handler = new SocketsHttpHandler();
        if (caFile is not null) handler.SslOptions.CertificateChainPolicy = CreatePolicy(caFile);
        http = new HttpClient(handler) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(90) };
        // Nothing less than what was asked for.
        if (version is not null) (http.DefaultRequestVersion, http.DefaultVersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<Reply> Get(string path, CancellationToken cancellation = default)
    {
        using var response = await http.GetAsync(path, cancellation);
        return await Read(response, cancellation);
    }

    public async Task<Reply> Post(string path, JsonNode? body, string? key = null, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = http.DefaultRequestVersion, VersionPolicy = http.DefaultVersionPolicy,
        };
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request, cancellation);
        return await Read(response, cancellation);
    }

    /// <summary>An answer's status, bytes and headers; they are read whole.</summary>
    public async Task<(HttpStatusCode Status, byte[] Bytes, HttpResponseHeaders Headers)> GetBytes(string path)
    {
        using var response = await http.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(), response.Headers);
    }

    /// <summary>Submits a task that must be accepted; its id.</summary>
    public async Task<string> Submit(JsonObject body) => (await Post("/tasks", body)).Ok()["taskId"]!.GetValue<string>();

    /// <summary>Waits for the end of a task.</summary>
    public async Task<JsonNode> End(string id, int seconds = 60)
    {
        var task = (await Get($"/tasks/{id}?wait={seconds * 1000}")).Ok();
        Assert.True(task["exitCode"] is not null, $"Not ended within {seconds} s: {task.ToJsonString()}");
        return task;
    }

    public void Dispose() => http.Dispose();

    private static X509ChainPolicy CreatePolicy(string caFile) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(caFile) },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    private static async Task<Reply> Read(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return new Reply(response.StatusCode, text, response.Content.Headers.ContentType?.MediaType);
    }
}

/// <summary>Status, body, and what it says it is.</summary>
public sealed record Reply(HttpStatusCode Status, string Text, string? MediaType)
{
    /// <summary>An answer of ours: a page of something else proves nothing, whatever its status.</summary>
    public bool IsSuccess => Status == HttpStatusCode.OK && MediaType == "application/json";

    /// <summary>The compatible route's yes to a result.</summary>
    public bool IsTaken => IsSuccess && Json is JsonObject answer && answer["success"]?.GetValue<bool>() == true;

    public JsonNode? Json => JsonNode.Parse(Text);

    /// <summary>The body of an answer that must be 200.</summary>
    public JsonNode Ok()
    {
        Assert.True(Status == HttpStatusCode.OK, $"{(int)Status}: {Text}");
        return Json!;
    }
}
