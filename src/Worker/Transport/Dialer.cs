using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Worker.Transport;

/// <summary>
/// Connects to the address of a name that answers first (RFC 8305). .NET asks one after the other, each for as long as the system likes,
/// so that a name with an IPv6 address that leads nowhere is never reached by IPv4.
/// </summary>
internal static class Dialer
{
    /// <summary>So long an address has before the next one is tried beside it.</summary>
    public static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    private const int KeepAliveAfterSeconds = 15;
    private const int KeepAliveEverySeconds = 5;
    private const int KeepAliveProbes = 3;

    /// <summary>A connection; its failures are those of the last address that failed.</summary>
    public static async Task<Socket> Connect(string host, int port, TimeProvider clock, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(host, out var one)
            ? [one] : await Dns.GetHostAddressesAsync(host, cancellation);
        return await ConnectFirst(
            AlternateFamilies(addresses), (address, token) => OpenSocket(new IPEndPoint(address, port), token), clock, cancellation);
    }

    /// <summary>
    /// In the system's order, and each second one of the other family: behind a family that is dead stands one that may live.
    /// </summary>
    internal static IReadOnlyList<IPAddress> AlternateFamilies(IPAddress[] addresses)
    {
        if (addresses.Length == 0) return addresses;
        var (same, other) = (new Queue<IPAddress>(), new Queue<IPAddress>());
        foreach (var address in addresses)
            (address.AddressFamily == addresses[0].AddressFamily ? same : other).Enqueue(address);
        var all = new List<IPAddress>(addresses.Length);
        while (all.Count < addresses.Length)
        {
            if (same.TryDequeue(out var next)) all.Add(next);
            if (other.TryDequeue(out next)) all.Add(next);
        }
        return all;
    }

    /// <summary>
    /// The first that comes. The next address is tried when one has failed, or has not answered for <see cref="Stagger"/>. The others are
    /// given up, and closed where they come all the same.
    /// </summary>
    internal static async Task<T> ConnectFirst<T>(
        IReadOnlyList<IPAddress> addresses, Func<IPAddress, CancellationToken, Task<T>> connect, TimeProvider clock,
        CancellationToken cancellation) where T : class, IDisposable
    {
        if (addresses.Count == 0) throw new SocketException((int)SocketError.HostNotFound);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tries = new List<Task<T>>();
        try
        {
            for (var next = 0; ;)
            {
                if (next < addresses.Count) tries.Add(connect(addresses[next++], over.Token));
                var wait = Task.Delay(next < addresses.Count ? Stagger : Timeout.InfiniteTimeSpan, clock, over.Token);
                var ended = await Task.WhenAny([.. tries, wait]);
                if (ended == wait)
                {
                    cancellation.ThrowIfCancellationRequested();
                    continue;
                }
                var tried = (Task<T>)ended;
                // Stays among the tries, to be thrown, when it was the last hope.
                if (tried.IsCompletedSuccessfully || (tries.Count == 1 && next == addresses.Count))
                {
                    tries.Remove(tried);
                    return await tried;
                }
                tries.Remove(tried);
            }
        }
        finally
        {
            await over.CancelAsync();
            foreach (var left in tries)
                _ = left.ContinueWith(static tried => DisposeConnection(tried), TaskScheduler.Default);
        }
    }

    private static void DisposeConnection<T>(Task<T> tried) where T : class, IDisposable
    {
        if (tried.IsCompletedSuccessfully)
            tried.Result.Dispose();
        else
            _ = tried.Exception;
    }

    private static async Task<Socket> OpenSocket(IPEndPoint to, CancellationToken cancellation)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A poll is silent for up to 50 s: that its line has died, as in another network, is noticed after 30 s.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveAfterSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveEverySeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
            await socket.ConnectAsync(to, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
