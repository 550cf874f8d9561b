using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Daemons;

/// <summary>
/// All that stands between a daemon and the gateways: a proxy that lies, and behind it a line that delays, has a bandwidth, and is cut.
/// </summary>
internal sealed class Uplink : IAsyncDisposable
{
    private const string Page = "<html><h1>Sign in to continue</h1></html>";

    /// <summary>
    /// What proxies, portals and balancers answer that are not the gateway, and what is left of an answer on its way. Status 0: the
    /// connection is reset.
    /// </summary>
    private static readonly FalseAnswer[] Known =
    [
        new(0), new(200, "text/html", Page), new(200, "application/json", ""), new(200, "application/json", "{\"offers\":["),
        new(200, "application/json", "{}"), new(204), new(302, "text/html", Page),
        new(401, "text/html", Page), new(403, "text/html", Page), new(404, "text/html", Page),
        new(409, "application/problem+json", "{\"status\":409,\"type\":\"about:blank\",\"title\":\"Conflict\"}"),
        new(429, "text/html", Page),
        new(500, "text/plain", "oops"), new(502, "text/html", Page), new(503, "text/html", Page), new(504, "text/html", Page),
    ];

    private readonly LyingProxy proxy;
    private readonly Random random;
    private double share;
    private int lies;

    private Uplink(LyingProxy proxy, TcpRelay line, int seed)
    {
        (this.proxy, Line, random) = (proxy, line, new Random(seed));
        this.proxy.Lies = (_, _) => NextLie();
        this.proxy.Replaces = _ => NextLie();
    }

    /// <summary>What the daemon knows of the service.</summary>
    public Uri Url => this.proxy.Url;

    public TcpRelay Line { get; }

    /// <summary>How many false answers it has given.</summary>
    public int Lies => Volatile.Read(ref lies);

    /// <param name="gateway">Asked at each connection.</param>
    /// <param name="seed">Of the false answers.</param>
    public static async Task<Uplink> Start(Func<Uri> gateway, int seed)
    {
        var line = new TcpRelay(gateway);
        return new Uplink(await LyingProxy.Start(line.Url), line, seed);
    }

    /// <summary>From now on this share of calls is answered falsely, half of them after the gateway has done what was asked.</summary>
    public void Lie(double share) => Volatile.Write(ref this.share, share / 2);

    public async ValueTask DisposeAsync()
    {
        await this.proxy.DisposeAsync();
        await Line.DisposeAsync();
    }

    private FalseAnswer? NextLie()
    {
        lock (random)
        {
            if (random.NextDouble() >= this.share) return null;
            lies++;
            return Known[random.Next(Known.Length)];
        }
    }
}
