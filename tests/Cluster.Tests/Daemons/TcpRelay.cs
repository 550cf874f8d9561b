using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Cluster.Tests.Daemons;

/// <summary>
/// A line on loopback that knows nothing of what it carries: it delays, has a bandwidth, and is cut. Where each connection leads is asked
/// when it comes, so whoever stands at its end moves from gateway to gateway.
/// </summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private const int Piece = 16 * 1024;
    private readonly Func<Uri> target;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Lock changing = new();
    private CancellationTokenSource cut = new();
    private Task accepting = Task.CompletedTask;
    private bool isCut;
    private int open;

    /// <param name="target">A gateway; called on any thread.</param>
    public TcpRelay(Func<Uri> target)
    {
        this.target = target;
        listener.Start();
        Url = new Uri($"http://{listener.LocalEndpoint}");
        accepting = Accept();
    }

    public Uri Url { get; }

    /// <summary>Each piece arrives so much later.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>In each direction of each connection; 0: no limit.</summary>
    public int BytesPerSecond { get; set; }

    /// <summary>Pieces that were held up by delay or bandwidth.</summary>
    public int HeldUp { get; private set; }

    /// <summary>Cuts every connection and lets none through until <see cref="Mend"/>; how many there were.</summary>
    public int Cut()
    {
        CancellationTokenSource cut;
        lock (changing)
        {
            (isCut, cut) = (true, this.cut);
            this.cut = new CancellationTokenSource();
        }
        var open = Volatile.Read(ref this.open);
        cut.Cancel();
        return open;
    }

    public void Mend()
    {
        lock (changing) isCut = false;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Cut();
    }

    private async Task Accept()
    {
        while (!end.IsCancellationRequested)
        {
            var near = await listener.AcceptTcpClientAsync(end.Token);
            CancellationToken cut;
            lock (changing)
            {
                if (isCut)
                {
                    near.Dispose();
                    continue;
                }
                cut = this.cut.Token;
            }
            _ = Carry(near, cut);
        }
    }

    private async Task Carry(TcpClient near, CancellationToken cut)
    {
        Interlocked.Increment(ref this.open);
        using (near)
        using (var far = new TcpClient())
        using (var both = CancellationTokenSource.CreateLinkedTokenSource(cut))
        {
            try
            {
                var target = this.target();
                await far.ConnectAsync(target.Host, target.Port, both.Token);
                var (up, down) = (near.GetStream(), far.GetStream());
                await await Task.WhenAny(Pump(up, down, both.Token), Pump(down, up, both.Token));
            }
            catch (Exception away) when (away is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Cut, or one side has gone; the other is told by the end of its connection.
            }
            finally
            {
                await both.CancelAsync();
                Interlocked.Decrement(ref this.open);
            }
        }
    }

    private async Task Pump(NetworkStream from, NetworkStream to, CancellationToken cut)
    {
        var piece = new byte[Piece];
        while (await from.ReadAsync(piece, cut) is > 0 and var length)
        {
            var held = Delay + (BytesPerSecond > 0 ? TimeSpan.FromSeconds((double)length / BytesPerSecond) : TimeSpan.Zero);
            if (held > TimeSpan.Zero)
            {
                HeldUp++;
                await Task.Delay(held, TimeProvider.System, cut);
            }
            await to.WriteAsync(piece.AsMemory(0, length), cut);
        }
    }
}
