using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.Protocol.Waits;

namespace OpenClaw.Gateway.Notifications;

/// <summary>Posts messages to a channel through Discord's REST API; repeats what may succeed later.</summary>
internal sealed class ChatPoster : IDisposable
{
    internal const int Repeats = 4;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private readonly HttpClient http;
    private readonly NotificationOptions options;
    private readonly TimeProvider clock;
    private readonly BackOff backOff;

    public ChatPoster(IOptions<NotificationOptions> options, TimeProvider clock)
    {
        (this.options, this.clock, backOff) = (options.Value, clock, new BackOff(options.Value.FirstRetry, LongestWait));
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        if (this.options.Proxy is { } proxy) handler.Proxy = new WebProxy(proxy);
        var address = new Uri(this.options.ApiUrl.TrimEnd('/') + "/");
        http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(15), BaseAddress = address };
    }

    /// <summary>
    /// Null once every part was taken, else why not. What may succeed later is repeated so often. Nothing is thrown but a cancellation.
    /// </summary>
    public async Task<ChatRefusal?> PostMessage(
        string channel, string text, string? botToken, int repeats, CancellationToken cancellation)
    {
        if ((botToken ?? options.BotToken) is not { } token) return new("DISCORD_BOT_TOKEN is not set on the server", MayRecover: false);
        foreach (var part in MessageParts.SplitText(text))
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new ChatMessage(part), ChatJson.Default.ChatMessage);
            if (await PostPart(channel, body, token, repeats, cancellation) is { } refusal) return refusal;
        }
        return null;
    }

    public void Dispose() => http.Dispose();

    private async Task<ChatRefusal?> PostPart(string channel, byte[] body, string token, int repeats, CancellationToken cancellation)
    {
        for (var failures = 1; ; failures++)
        {
            using var response = await TrySend(channel, body, token, cancellation);
            if (response is { IsSuccessStatusCode: true }) return null;
            var mayRecover = response is null || response.StatusCode == HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500;
            var asked = GetRetryAfter(response);
            if (response is null && failures > repeats) return new("the chat service does not answer", mayRecover, asked);
            if (response is not null && (!mayRecover || failures > repeats))
                return new($"the chat service answered {(int)response.StatusCode}", mayRecover, asked);
            await Task.Delay(asked ?? backOff.GetPause(failures, Random.Shared.NextDouble()), clock, cancellation);
        }
    }

    /// <summary>Null: no answer within the client's timeout.</summary>
    private async Task<HttpResponseMessage?> TrySend(string channel, byte[] body, string token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"channels/{channel}/messages");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bot", token);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            return await http.SendAsync(request, cancellation);
        }
        catch (Exception error) when (error is HttpRequestException or SocketException
            || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>What the service asks for, within reason; null: our own back-off.</summary>
    private TimeSpan? GetRetryAfter(HttpResponseMessage? response)
    {
        if (response is null || RetryAfterHeader.GetPause(response.Headers, clock.GetUtcNow()) is not { } asked) return null;
        return asked < LongestWait ? asked : LongestWait;
    }
}

/// <summary>Why a message was not taken.</summary>
/// <param name="Sentence">The reason.</param>
/// <param name="MayRecover">The same may be taken later.</param>
/// <param name="RetryAfter">When the service wants to be asked again.</param>
internal sealed record ChatRefusal(string Sentence, bool MayRecover, TimeSpan? RetryAfter = null);

/// <summary>Body of a message. Nobody is mentioned, whatever the text says.</summary>
internal sealed record ChatMessage([property: JsonPropertyName("content")] string Content)
{
    [JsonPropertyName("allowed_mentions")] public AllowedMentions Mentions { get; } = new([]);
}

internal sealed record AllowedMentions([property: JsonPropertyName("parse")] string[] Parse);

[JsonSerializable(typeof(ChatMessage))]
internal sealed partial class ChatJson : JsonSerializerContext;
