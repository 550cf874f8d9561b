using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Webhooks.Targets;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>
/// Posts a body to a URL that somebody else chose: to a vetted address only, without following redirects, without a proxy that nobody
/// named, and without reading more of the answer than its status.
/// </summary>
internal sealed class UrlSender : IDisposable
{
    private const int LargestHeadKilobytes = 16;
    private readonly CallbackTargets targets;
    private readonly TimeProvider clock;
    private readonly HttpClient http;
    private readonly TimeSpan timeout;

    public UrlSender(IOptions<WebhookOptions> options, CallbackTargets targets, TimeProvider clock)
    {
        (this.targets, this.clock, timeout) = (targets, clock, options.Value.Timeout);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = timeout,
            MaxResponseHeadersLength = LargestHeadKilobytes,
            MaxResponseDrainSize = 0,
            // So that a name which leads elsewhere by now is looked up again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        };
        // A proxy looks the name up by itself: what is connected to is the proxy, and the judgement is its.
        if (options.Value.Proxy is { } proxy) (handler.UseProxy, handler.Proxy) = (true, new WebProxy(proxy));
        else handler.ConnectCallback = new VettedDialer(targets, options.Value.Resolve).Connect;
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("openclaw-webhooks");
    }

    /// <summary>Nothing is thrown but a cancellation.</summary>
    public async Task<DeliveryResult> PostBody(
        Uri url, byte[] body, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellation)
    {
        if (targets.FindRefusal(url) is { } refusal) return new("callbackUrl " + refusal);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return DeliveryRules.FromStatus((int)response.StatusCode, RetryAfterHeader.GetPause(response.Headers, clock.GetUtcNow()));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(string.Create(null, $"the receiver did not answer within {timeout.TotalSeconds:0.#} s"));
        }
        catch (HttpRequestException error)
        {
            return new(DescribeError(error));
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>Our own words: of what a receiver sends none gets into the database.</summary>
    private static string DescribeError(HttpRequestException error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case RefusedTargetException refused: return refused.Message;
                case AuthenticationException: return "the receiver's certificate is not good, or it speaks no TLS";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return "its host is not known";
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }: return "nobody listens there";
            }
        }
        return error.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "its host is not known",
            HttpRequestError.ConnectionError => "the receiver can't be reached",
            HttpRequestError.ProxyTunnelError => "the proxy does not let it through",
            _ => "the receiver did not answer in HTTP",
        };
    }
}
