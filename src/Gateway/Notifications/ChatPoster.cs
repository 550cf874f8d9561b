using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace OpenClaw.Gateway.Notifications;

/// <summary>Posts messages to a channel through Discord's REST API; repeats what may succeed later.</summary>
internal sealed class ChatPoster : IDisposable
{
    internal const int Repeats = 4;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private readonly HttpClient http;
    private readonly NotificationOptions options;
    private readonly ResiliencePipeline<HttpResponseMessage> pipeline;

    public ChatPoster(IOptions<NotificationOptions> options, TimeProvider clock)
    {
        this.options = options.Value;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        if (this.options.Proxy is { } proxy) handler.Proxy = new WebProxy(proxy);
        var address = new Uri(this.options.ApiUrl.TrimEnd('/') + "/");
        http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(15), BaseAddress = address };
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock };
        pipeline = builder.AddRetry(Retry(this.options.FirstRetry)).Build();
    }

    /// <summary>Null once every part was taken, else why not, a sentence. Nothing is thrown but a cancellation.</summary>
    public async Task<string?> Post(string channel, string text, string? botToken, CancellationToken cancellation)
    {
        if ((botToken ?? options.BotToken) is not { } token) return "DISCORD_BOT_TOKEN is not set on the server";
        foreach (var part in MessageParts.Of(text))
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new ChatMessage(part), ChatJson.Default.ChatMessage);
            if (await PostPart(channel, body, token, cancellation) is { } refusal) return refusal;
        }
        return null;
    }

    public void Dispose() => http.Dispose();

    private async Task<string?> PostPart(string channel, byte[] body, string token, CancellationToken cancellation)
    {
        try
        {
            using var response = await pipeline.ExecuteAsync(
                async (state, stop) => await Send(state, stop), (channel, body, token), cancellation);
            return response.IsSuccessStatusCode ? null : $"the chat service answered {(int)response.StatusCode}";
        }
        catch (Exception error) when (error is HttpRequestException or SocketException
            || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return "the chat service does not answer";
        }
    }

    private async Task<HttpResponseMessage> Send((string Channel, byte[] Body, string Token) message, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"channels/{message.Channel}/messages");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bot", message.Token);
        request.Content = new ByteArrayContent(message.Body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await http.SendAsync(request, cancellation);
    }

    private static RetryStrategyOptions<HttpResponseMessage> Retry(TimeSpan first) => new()
    {
        MaxRetryAttempts = Repeats,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = first,
        MaxDelay = LongestWait,
        ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome switch
        {
            { Exception: HttpRequestException or SocketException } => true,
            { Exception: TaskCanceledException } => !attempt.Context.CancellationToken.IsCancellationRequested,
            { Result: { } response } => response.StatusCode == HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500,
            _ => false,
        }),
        DelayGenerator = static attempt => ValueTask.FromResult(RetryAfter(attempt.Outcome.Result)),
    };

    /// <summary>What the service asks for, within reason; null: our own back-off.</summary>
    private static TimeSpan? RetryAfter(HttpResponseMessage? response)
    {
        if (response?.Headers.RetryAfter?.Delta is not { } delta) return null;
        return delta < LongestWait ? delta : LongestWait;
    }
}

/// <summary>Body of a message. Nobody is mentioned, whatever the text says.</summary>
internal sealed record ChatMessage([property: JsonPropertyName("content")] string Content)
{
    [JsonPropertyName("allowed_mentions")] public AllowedMentions Mentions { get; } = new([]);
}

internal sealed record AllowedMentions([property: JsonPropertyName("parse")] string[] Parse);

[JsonSerializable(typeof(ChatMessage))]
internal sealed partial class ChatJson : JsonSerializerContext;
