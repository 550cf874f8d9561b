using System.Net.Http.Headers;
using OpenClaw.TestKit.Clients;

namespace OpenClaw.Cluster.Tests.Load;

/// <summary>A gateway as clients and workers reach it.</summary>
internal sealed class GatewayAddress : IDisposable
{
    public GatewayAddress(string name, Uri url, string clientToken, string workerToken)
    {
        Name = name;
        Client = new Api(url, clientToken);
        CompatibleWorker = new Api(url, workerToken);
        Worker = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(90) };
        Worker.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", workerToken);
        Url = url;
    }

    public string Name { get; }
    public Uri Url { get; }
    public Api Client { get; }
    public Api CompatibleWorker { get; }
    public HttpClient Worker { get; }

    /// <summary>It is killed on purpose: what breaks on it is no fault.</summary>
    public bool Doomed { get; set; }

    public void Dispose()
    {
        Client.Dispose();
        CompatibleWorker.Dispose();
        Worker.Dispose();
    }
}

/// <summary>The gateways there are; callers choose one a call, as a balancer would for them.</summary>
internal sealed class Gateways : IDisposable
{
    private readonly List<GatewayAddress> all = [];
    private GatewayAddress[] alive = [];

    /// <summary>For whoever stays with one.</summary>
    public static Gateways Only(GatewayAddress gateway) => new() { alive = [gateway] };

    public void Add(GatewayAddress gateway)
    {
        all.Add(gateway);
        this.alive = [.. this.alive, gateway];
    }

    /// <summary>Nobody calls it any more, and whoever does just now may fail.</summary>
    public void Doom(GatewayAddress gateway)
    {
        gateway.Doomed = true;
        this.alive = [.. this.alive.Where(g => g != gateway)];
    }

    public GatewayAddress Pick(Random random)
    {
        var alive = Volatile.Read(ref this.alive);
        return alive[random.Next(alive.Length)];
    }

    public void Dispose() => all.ForEach(g => g.Dispose());
}
