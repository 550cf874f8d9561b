using OpenClaw.Cluster.Tests.Servers;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Daemons;

/// <summary>The real daemons of a run.</summary>
internal sealed class DaemonFleet(ClusterServers servers, string folder, int seed) : IAsyncDisposable
{
    private readonly List<DaemonProcess> all = [];
    private readonly List<Restart> restarts = [];

    public IReadOnlyList<DaemonProcess> All => all;
    public DaemonProcess this[int number] => all[number];
    public IReadOnlyList<Restart> Restarts
    {
        get
        {
            lock (restarts) return [.. restarts];
        }
    }

    public IReadOnlySet<string> Names => all.Where(d => d.Spooled == 0).SelectMany(d => d.Names).ToHashSet();

    /// <summary>Results that are still on their disks.</summary>
    public IReadOnlyList<string> Leftovers =>
        [.. all.Where(d => d.Spooled > 0).Select(d => $"I15 the spool of {d.Name} holds {d.Spooled} results")];

    /// <param name="plans">One for each.</param>
    /// <param name="pinned">Each stays with one gateway; else every connection may lead to another.</param>
    public async Task Start(IEnumerable<DaemonPlan> plans, bool pinned)
    {
        foreach (var plan in plans)
        {
            var number = all.Count;
            var stays = servers.GatewayMembers[number % servers.GatewayMembers.Count].Address!;
            var uplink = await Uplink.Start(pinned ? () => stays.Url : () => servers.Gateways.Pick(Random.Shared).Url, seed + number);
            all.Add(new DaemonProcess(plan, uplink, servers.WorkerToken, folder));
        }
    }

    /// <summary>It was started anew; what ran on it then may be given up because of that.</summary>
    public void Note(Restart restart)
    {
        lock (restarts) restarts.Add(restart);
    }

    /// <summary>Ends all of them in good order; what went wrong with that.</summary>
    public async Task<IReadOnlyList<string>> Finish()
    {
        var violations = new List<string>();
        foreach (var daemon in all)
        {
            if (daemon.HasExited) violations.Add($"{daemon.Name} has ended by itself: {daemon.Log}");
            else await daemon.Stop();
        }
        return violations;
    }

    public void KeepLogs() => all.ForEach(d => File.WriteAllText(Path.Combine(folder, d.Name + ".log"), d.Log));

    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in all)
        {
            await daemon.DisposeAsync();
            await daemon.Uplink.DisposeAsync();
        }
    }
}
