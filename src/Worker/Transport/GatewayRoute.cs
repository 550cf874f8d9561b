using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using OpenClaw.Protocol.Security.Certificates;

namespace OpenClaw.Worker.Transport;

/// <summary>
/// The way to the gateway: its address with its base path, the proxy in between, the authorities that are trusted besides.
/// </summary>
internal sealed record GatewayRoute(Uri Url, Uri? Proxy = null, ServerRoots? Roots = null)
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    /// <summary>As the options say; null and a sentence when the authorities can't be read.</summary>
    public static (GatewayRoute? Way, string? Error) FromOptions(WorkerOptions options)
    {
        if (options.CaFile is null) return (new GatewayRoute(options.Url, options.Proxy), null);
        var (roots, error) = ServerRoots.ReadFile(options.CaFile);
        return roots is null ? (null, $"OPENCLAW_CA_FILE: {error}") : (new GatewayRoute(options.Url, options.Proxy, roots), null);
    }

    /// <summary>To fetch what is compared with a pin then, and for nothing else.</summary>
    public bool TrustsAnybody { get; init; }

    /// <summary>Called with each certificate that the server presents, and whether it is trusted; for the doctor.</summary>
    public Action<X509Certificate2, X509Chain?, SslPolicyErrors, bool>? CertificateChecked { get; init; }

    /// <summary>A client with connections of its own that goes this way. Its base address is the gateway without the base path.</summary>
    /// <param name="connect">Time to connect.</param>
    /// <param name="around">Puts a handler around the others.</param>
    public HttpClient CreateClient(TimeSpan connect, Func<HttpMessageHandler, HttpMessageHandler>? around = null)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = connect,
            PooledConnectionIdleTimeout = Idle,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
        };
        handler.ConnectCallback = static async (context, cancellation) => new NetworkStream(
            await Dialer.Connect(context.DnsEndPoint.Host, context.DnsEndPoint.Port, TimeProvider.System, cancellation),
            ownsSocket: true);
        ApplyProxy(handler);
        // .NET's own sentences don't say what to do about it.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            CheckCertificate(certificate, chain, errors) ? true : throw new AuthenticationException(ExplainDistrust(errors));
        HttpMessageHandler whole = BasePath.Length == 0 ? handler : new BasePathHandler(BasePath, handler);
        return new HttpClient(around?.Invoke(whole) ?? whole)
        {
            BaseAddress = new Uri(Url.GetLeftPart(UriPartial.Authority)),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Empty, or <c>/claw</c>.</summary>
    public string BasePath => Url.AbsolutePath.TrimEnd('/');

    private string ExplainDistrust(SslPolicyErrors errors) =>
        $"the certificate is not trusted for {Url.Host} ({ServerRoots.ExplainDistrust(errors)}): log in where this network wants that; "
        + "else openclaw-worker doctor shows it";

    private bool CheckCertificate(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var trusted = TrustsAnybody || (Roots?.IsTrusted(certificate, chain, errors) ?? errors == SslPolicyErrors.None);
        if (CertificateChecked is not null && certificate is not null)
        {
            using var leaf = new X509Certificate2(certificate);
            CertificateChecked(leaf, chain, errors, trusted);
        }
        return trusted;
    }

    private void ApplyProxy(SocketsHttpHandler handler)
    {
        if (Proxy is null)
        {
            // Windows and macOS have a proxy setting of the person's, which .NET reads; elsewhere there are only the variables, read
            // already.
            handler.UseProxy = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();
            return;
        }
        // Without what is before the @: .NET has the whole address in the message of a failure.
        var proxy = new WebProxy(ProxyChoice.FormatForLog(Proxy));
        if (Proxy.UserInfo.Split(':', 2) is [{ Length: > 0 } user, var password])
            proxy.Credentials = new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password));
        handler.Proxy = proxy;
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
