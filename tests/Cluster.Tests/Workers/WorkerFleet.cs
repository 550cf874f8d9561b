using System.Collections.Concurrent;
using OpenClaw.Cluster.Tests.Daemons;
using OpenClaw.Cluster.Tests.Load;
using OpenClaw.Cluster.Tests.Servers;
using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Workers;

/// <summary>All workers of a run.</summary>
internal sealed class WorkerFleet(ClusterServers servers, History history, Witness witness, string folder, int seed) : IAsyncDisposable
{
    private readonly List<LightCompatibleWorker> compatible = [];
    private readonly List<LightWorker> light = [];
    private readonly List<LightWorker> deadLight = [];
    private readonly ConcurrentQueue<Acknowledged> acknowledged = new();

    public IReadOnlyList<Acknowledged> Acknowledged => [.. acknowledged, .. this.light.Concat(deadLight).SelectMany(w => w.Acknowledged)];
    public IReadOnlyList<StaleReport> Stale => [.. this.light.Concat(deadLight).SelectMany(w => w.Stale)];
    public IReadOnlyList<Renewal> Renewals => [.. this.light.Concat(deadLight).SelectMany(w => w.Renewals)];
    public DaemonFleet Daemons { get; } = new(servers, folder, seed + 3000);
    public IReadOnlySet<string> Dead => deadLight.Select(w => w.Name).ToHashSet();

    /// <summary>Results that are still on the workers' disks.</summary>
    public IReadOnlyList<string> Leftovers =>
    [
        .. this.light.Where(w => w.Spooled > 0).Select(w => $"I15 the spool of {w.Name} holds {w.Spooled} results"),
        .. Daemons.Leftovers,
    ];

    /// <param name="compatible">Of the compatible protocol.</param>
    /// <param name="light">Of the session protocol, without processes.</param>
    /// <param name="daemons">The product's own.</param>
    /// <param name="pinned">A session worker stays with one gateway.</param>
    public async Task Start(int compatible, int light, IEnumerable<DaemonPlan> daemons, bool pinned)
    {
        for (var n = 0; n < compatible; n++)
            this.compatible.Add(new LightCompatibleWorker(servers.Gateways, history, witness, acknowledged, seed + 1000 + n));
        for (var n = 0; n < light; n++)
        {
            var gateways = pinned ? Gateways.Only(AddressOf(n)) : servers.Gateways;
            this.light.Add(new LightWorker(gateways, history, witness, $"light-{n}", folder, seed + 2000 + n));
        }
        await Daemons.Start(daemons, pinned);
        this.compatible.ForEach(w => w.Start());
        this.light.ForEach(w => w.Start());
    }

    /// <summary>
    /// One light worker goes without a word, with what it runs; one compatible worker with its next task. How many commands that were.
    /// </summary>
    public async Task<int> SomeDie()
    {
        var light = this.light[0];
        this.light.RemoveAt(0);
        deadLight.Add(light);
        if (this.compatible.Count > 0) this.compatible[0].DiesAtNextTask = true;
        var running = 0;
        await Eventually.Is(() => (running = light.Running) > 0, "the worker that is to die runs something", seconds: 300);
        await light.Die();
        return running;
    }

    /// <summary>Ends all of them in good order, results delivered; what went wrong with that.</summary>
    public async Task<IReadOnlyList<string>> Finish()
    {
        var violations = new List<string>();
        try
        {
            var finishing = this.compatible.Select(w => w.Finish()).Concat(this.light.Select(w => w.Finish()));
            await Task.WhenAll(finishing).WaitAsync(TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException)
        {
            violations.Add("workers could not deliver their results within two minutes");
        }
        violations.AddRange(await Daemons.Finish());
        if (this.compatible.Exists(w => w.DiesAtNextTask && !w.Died))
            violations.Add("F0 the compatible worker that was to die never got a task");
        return violations;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in this.compatible) await worker.DisposeAsync();
        foreach (var worker in this.light.Concat(deadLight)) await worker.DisposeAsync();
        await Daemons.DisposeAsync();
    }

    private GatewayAddress AddressOf(int number) => servers.GatewayMembers[number % servers.GatewayMembers.Count].Address!;
}
