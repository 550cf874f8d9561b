using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OpenClaw.TestKit.Processes;

/// <summary>Where a call is cut: so many bytes of its request have gone through, or of its answer.</summary>
public readonly record struct CallCut(bool InAnswer, int Bytes, bool IsReset);

/// <summary>
/// A line on 127.0.0.1 between an HTTP/1.1 client and its server that cuts connections where it is told to. One call at a time is on a
/// connection, and each begins in a packet of its own.
/// </summary>
/// <param name="server">Where it leads to.</param>
/// <param name="cut">Asked for each call, by its method and path; null: it goes through. On any thread.</param>
public sealed class CutLine(Uri server, Func<string, CallCut?> cut) : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource over = new();
    private Task accepting = Task.CompletedTask;

    /// <summary>Its address. From here on it takes connections.</summary>
    public Uri Open()
    {
        listener.Start();
        accepting = Accept();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        listener.Stop();
        await accepting;
        over.Dispose();
    }

    private async Task Accept()
    {
        var all = new List<Task>();
        try
        {
            while (true) all.Add(Serve(await listener.AcceptSocketAsync(over.Token)));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(all);
        }
    }

    private async Task Serve(Socket client)
    {
        using var near = client;
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        var call = new Call();
        try
        {
            (near.NoDelay, far.NoDelay) = (true, true);
            await far.ConnectAsync(server.Host, server.Port, done.Token);
            await await Task.WhenAny(Pass(near, far, call, false, done.Token), Pass(far, near, call, true, done.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            // One of the two has gone.
        }
        if (call.Cut is { IsReset: true }) near.LingerState = new LingerOption(true, 0);
        await done.CancelAsync();
    }

    /// <summary>Returns when one side has closed, or the call was cut.</summary>
    private async Task Pass(Socket from, Socket to, Call call, bool isAnswer, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        for (int read; (read = await from.ReceiveAsync(buffer, cancellation)) > 0;)
        {
            if (!isAnswer && NameOf(buffer.AsSpan(0, read)) is { } name) call.Begin(cut(name));
            var passes = call.Pass(isAnswer, read);
            if (passes > 0) await to.SendAsync(buffer.AsMemory(0, passes), cancellation);
            if (passes < read) return;
        }
    }

    /// <summary>Method and path of the request that begins here; null: none does.</summary>
    private static string? NameOf(ReadOnlySpan<byte> bytes)
    {
        var begins = bytes.StartsWith("POST /"u8) || bytes.StartsWith("GET /"u8) || bytes.StartsWith("PUT /"u8);
        return begins ? string.Join(' ', Encoding.ASCII.GetString(bytes[..Math.Min(bytes.Length, 200)]).Split(' ', 3)[..2]) : null;
    }

    private sealed class Call
    {
        private readonly Lock gate = new();
        private long requested;
        private long answered;

        public CallCut? Cut { get; private set; }

        public void Begin(CallCut? cut) { lock (gate) (Cut, requested, answered) = (cut, 0, 0); }

        /// <summary>How many of the next bytes go through.</summary>
        public int Pass(bool isAnswer, int bytes)
        {
            lock (gate)
            {
                ref var gone = ref isAnswer ? ref answered : ref requested;
                var left = Cut is { } cut && cut.InAnswer == isAnswer ? (int)Math.Clamp(cut.Bytes - gone, 0, bytes) : bytes;
                gone += left;
                return left;
            }
        }
    }
}
