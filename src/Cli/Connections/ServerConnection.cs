using System.Net;
using System.Net.Http.Headers;

namespace OpenClaw.Cli.Connections;

/// <summary>Makes the client that talks to a server.</summary>
internal static class ServerConnection
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(10);

    /// <summary>Goes to this server with this token, and nowhere else: a redirect is an answer that proves nothing.</summary>
    public static HttpClient CreateClient(Uri url, string? token, ServerTrust trust)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None, ConnectTimeout = Connect,
            // A proxy of the session's does not reach this machine's own loopback.
            UseProxy = !url.IsLoopback,
        };
        trust.ApplyTo(handler.SslOptions);
        var basePath = url.AbsolutePath.TrimEnd('/');
        var http = new HttpClient(basePath.Length == 0 ? handler : new BasePathHandler(basePath, handler))
        {
            BaseAddress = new Uri(url.GetLeftPart(UriPartial.Authority)), Timeout = Longest,
        };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    /// <summary>Routes begin with a slash: what stands before them is put there.</summary>
    private sealed class BasePathHandler(string basePath, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var asked = request.RequestUri!;
            request.RequestUri = new Uri(asked.GetLeftPart(UriPartial.Authority) + basePath + asked.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
