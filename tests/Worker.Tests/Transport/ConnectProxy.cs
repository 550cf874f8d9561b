using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OpenClaw.Worker.Tests.Transport;

/// <summary>An HTTP proxy on 127.0.0.1 that opens tunnels for whoever has the password.</summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> open = [];
    private readonly Task accepting;
    private readonly string user;

    public ConnectProxy(string user, string password)
    {
        (this.user, Password) = (user, password);
        listener.Start();
        accepting = Accept();
    }

    public string Password { get; set; }
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
    public ConcurrentBag<string> Tunnels { get; } = [];

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in open)
            client.Dispose();
    }

    private async Task Accept()
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            open.Add(client);
            _ = Serve(client);
        }
    }

    private async Task Serve(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            while (await Head(stream) is { Length: > 0 } head)
            {
                var expected = "Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{user}:{Password}"));
                if (!head.Contains(expected, StringComparison.OrdinalIgnoreCase))
                {
                    await stream.WriteAsync(
                        "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                    continue;
                }
                var target = head.Split(' ')[1];
                using var server = new TcpClient();
                await server.ConnectAsync(IPEndPoint.Parse(target));
                Tunnels.Add(target);
                await stream.WriteAsync("HTTP/1.1 200 Go on\r\n\r\n"u8.ToArray());
                await Task.WhenAny(stream.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(stream));
                return;
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // One side has gone.
        }
        finally
        {
            client.Dispose();
        }
    }

    private static async Task<string> Head(NetworkStream stream)
    {
        var (head, one) = (new StringBuilder(), new byte[1]);
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
            head.Append((char)one[0]);
        return head.ToString();
    }
}
