using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace OpenClaw.TestKit.Processes;

/// <summary>
/// A line between client and server on 127.0.0.1: it delays, caps the rate of all its connections together, and goes dead.
/// </summary>
public sealed class SlowLine : IAsyncDisposable
{
    /// <summary>Parts of a tenth of a second that are under way at once; more waits at the sender, as before a real line.</summary>
    private const int Most = 4;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource over = new();
    private readonly Rate up = new();
    private readonly Rate down = new();
    private readonly Task accepting;
    private int connections;
    private int silentUntil;

    public SlowLine(Uri server)
    {
        Server = server;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}");
        accepting = Accept();
    }

    /// <summary>Where connections lead to from now on.</summary>
    public Uri Server { get; set; }

    public Uri Url { get; }

    /// <summary>Bytes a second in each direction; 0: as many as there are.</summary>
    public int BytesPerSecond { get; set; }

    /// <summary>How long a byte is under way, in one direction.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>
    /// The network is another one: on the connections there are nothing is passed on any more, in either direction, and nobody is told.
    /// </summary>
    public void Silence() => Volatile.Write(ref silentUntil, Volatile.Read(ref connections));

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        listener.Dispose();
        await accepting;
        over.Dispose();
    }

    private async Task Accept()
    {
        var all = new List<Task>();
        try
        {
            while (true) all.Add(Serve(await listener.AcceptAsync(over.Token)));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(all);
        }
    }

    private async Task Serve(Socket client)
    {
        var number = Interlocked.Increment(ref connections);
        using var near = client;
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        try
        {
            (near.NoDelay, far.NoDelay) = (true, true);
            // What the line has not taken yet waits at the sender, and not in a buffer of the system's here.
            (near.ReceiveBufferSize, far.ReceiveBufferSize) = (8 * 1024, 8 * 1024);
            await far.ConnectAsync(Server.Host, Server.Port, cut.Token);
            await Task.WhenAll(Pass(near, far, (number, true), cut), Pass(far, near, (number, false), cut));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            (near.LingerState, far.LingerState) = (new LingerOption(true, 0), new LingerOption(true, 0));
        }
    }

    private async Task Pass(Socket from, Socket to, (int Number, bool Up) way, CancellationTokenSource cut)
    {
        var line = Channel.CreateBounded<(byte[] Bytes, DateTimeOffset Due)>(Most);
        var sending = Send(line.Reader, to, way, cut);
        try
        {
            var buffer = new byte[BytesPerSecond > 0 ? Math.Clamp(BytesPerSecond / 10, 256, 32 * 1024) : 16 * 1024];
            for (int read; (read = await from.ReceiveAsync(buffer, cut.Token)) > 0;)
            {
                await line.Writer.WriteAsync((buffer[..read], TimeProvider.System.GetUtcNow() + Delay), cut.Token);
            }
            line.Writer.Complete();
            await sending;
        }
        catch
        {
            await cut.CancelAsync();
            throw;
        }
    }

    private async Task Send(
        ChannelReader<(byte[] Bytes, DateTimeOffset Due)> line, Socket to, (int Number, bool Up) way, CancellationTokenSource cut)
    {
        try
        {
            await foreach (var (bytes, due) in line.ReadAllAsync(cut.Token))
            {
                var paced = (way.Up ? up : down).Take(bytes.Length, BytesPerSecond);
                var wait = (paced > due ? paced : due) - TimeProvider.System.GetUtcNow();
                if (wait > TimeSpan.Zero) await Task.Delay(wait, TimeProvider.System, cut.Token);
                if (!IsSilent(way.Number)) await to.SendAsync(bytes, cut.Token);
            }
            if (!IsSilent(way.Number)) to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            await cut.CancelAsync();
            throw;
        }
    }

    private bool IsSilent(int connection) => connection <= Volatile.Read(ref silentUntil);

    /// <summary>When the next bytes of all connections are through.</summary>
    private sealed class Rate
    {
        private readonly Lock gate = new();
        private DateTimeOffset free;

        public DateTimeOffset Take(int bytes, int perSecond)
        {
            var now = TimeProvider.System.GetUtcNow();
            if (perSecond == 0) return now;
            lock (gate) return free = (free > now ? free : now) + TimeSpan.FromSeconds((double)bytes / perSecond);
        }
    }
}
