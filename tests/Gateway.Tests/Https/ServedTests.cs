using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpenClaw.Hosting.Https;
using OpenClaw.Hosting.Https.Certificates;

namespace OpenClaw.Gateway.Tests.Https;

/// <summary>HTTPS as clients meet it: versions, protocols, a new certificate, a request that came as plain HTTP.</summary>
public sealed class ServedTests : IAsyncLifetime
{
    private readonly CertificateAuthority authority = CertificateAuthority.Create(TimeProvider.System.GetUtcNow());
    private readonly ServerCertificates certificates;
    private readonly WebApplication app;
    private readonly KeptErrors errors = new();
    private IReadOnlyList<string> names = ["localhost", "127.0.0.1"];

    public ServedTests()
    {
        certificates = new ServerCertificates(new OwnCertificates(authority, () => names), TimeProvider.System);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(errors);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenOn(Any, 0, certificates));
        app = builder.Build();
        app.Run(context => context.Response.WriteAsync(
            $"{context.Request.Scheme} {context.Request.Protocol} {context.Connection.RemoteIpAddress}"));
    }

    private static IPAddress Any => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    private Uri Address => new($"https://127.0.0.1:{new Uri(app.Urls.First()).Port}");

    public Task InitializeAsync() => app.StartAsync();

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("1.1"), InlineData("2.0")]
    public async Task A_client_that_trusts_the_authority_speaks_HTTP_1_and_2(string version)
    {
        using var http = Trusting();
        using var request = new HttpRequestMessage(HttpMethod.Get, Address)
        {
            Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await http.SendAsync(request);

        var expected = $"https HTTP/{version.Replace(".0", "", StringComparison.Ordinal)} 127.0.0.1";
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task A_client_that_trusts_another_authority_sends_nothing()
    {
        using var http = Trusting(CertificateAuthority.Create(TimeProvider.System.GetUtcNow()).Certificate);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(Address));

        Assert.IsType<AuthenticationException>(error.InnerException);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true), InlineData(SslProtocols.Tls13, true)]
#pragma warning disable SYSLIB0039, CA5397 // What is refused has to be asked for.
    [InlineData(SslProtocols.Tls11, false), InlineData(SslProtocols.Tls, false)]
#pragma warning restore SYSLIB0039, CA5397
    public async Task It_speaks_TLS_1_2_and_later(SslProtocols version, bool isSpoken)
    {
        using var tls = await Connect();
        var options = ClientOptions();
        options.EnabledSslProtocols = version;

        if (isSpoken) await tls.AuthenticateAsClientAsync(options);
        else await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(options));

        Assert.Equal(isSpoken ? version : SslProtocols.None, tls.IsAuthenticated ? tls.SslProtocol : SslProtocols.None);
    }

    [Fact]
    public async Task A_new_certificate_is_for_new_connections_and_cuts_none()
    {
        using var open = await Connect();
        await open.AuthenticateAsClientAsync(ClientOptions());
        var before = open.RemoteCertificate!.GetSerialNumberString();
        names = [.. names, "192.0.2.1"];
        Assert.NotNull(certificates.Refresh().Certificate);

        using var later = await Connect();
        await later.AuthenticateAsClientAsync(ClientOptions());

        Assert.NotEqual(before, later.RemoteCertificate!.GetSerialNumberString());
        await open.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {Address.Authority}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(open);
        Assert.Contains("https HTTP/1.1", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n\r\n")]
    [InlineData("POST /tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task Plain_HTTP_at_this_port_gets_an_answer_that_says_so(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(client.GetStream());

        var answer = await reader.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", answer, StringComparison.Ordinal);
        var body = answer.Split("\r\n\r\n", 2)[1];
        Assert.Contains($"Content-Length: {body.Length}\r\n", answer, StringComparison.Ordinal);
        using var problem = JsonDocument.Parse(body);
        Assert.Equal(400, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Contains("https://", problem.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x16, false), InlineData(0x80, false), InlineData(0, false), InlineData('@', false), InlineData('[', false),
     InlineData('A', true), InlineData('G', true), InlineData('Z', true), InlineData('g', false)]
    public void A_request_is_told_from_a_handshake_by_its_first_byte(int first, bool isPlain) =>
        Assert.Equal(isPlain, PlainRequests.IsPlain((byte)first));

    [Fact]
    public async Task Bytes_that_are_neither_end_the_connection()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port);
        await client.GetStream().WriteAsync(new byte[64]);

        // An alert of TLS, if anything, and the end.
        var answer = new byte[64];
        for (int read; (read = await ReadOrEnd(client.GetStream(), answer)) > 0;)
            Assert.DoesNotContain("HTTP", Encoding.Latin1.GetString(answer, 0, read), StringComparison.Ordinal);
    }

    /// <summary>Whoever looks for open ports does so all day.</summary>
    [Fact]
    public async Task A_client_that_resets_before_it_spoke_is_not_logged()
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, Address.Port);
            client.Client.LingerState = new LingerOption(true, 0);
        }
        using var http = Trusting();
        using var answer = await http.GetAsync(Address);
        await app.StopAsync();

        Assert.Empty(errors.Texts);
    }

    private static async Task<int> ReadOrEnd(NetworkStream stream, byte[] buffer)
    {
        try
        {
            return await stream.ReadAsync(buffer);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private async Task<SslStream> Connect()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
        return new SslStream(new NetworkStream(socket, ownsSocket: true));
    }

    private sealed class KeptErrors : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Texts { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Texts.Enqueue($"{formatter(state, exception)}: {exception}");
        }

        public void Dispose()
        {
        }
    }

    private HttpClient Trusting(X509Certificate2? root = null) =>
        new(new SocketsHttpHandler { SslOptions = ClientOptions(root) });

    private SslClientAuthenticationOptions ClientOptions(X509Certificate2? root = null) => new()
    {
        TargetHost = "localhost",
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root ?? authority.Certificate },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };
}
