using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Upgrades;
using OpenClaw.Storage.Tests;
using OpenClaw.TestKit.Processes;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace OpenClaw.Silo.Tests.Cluster;

/// <summary>
/// Two silos of the product and a client in this process, on a real PostgreSQL. Who is a member and the connections are the test host's
/// own, for it takes no others: <see cref="JoinTests"/> and <see cref="ProcessTests"/> are about those.
/// </summary>
public sealed class TwoSilos : IAsyncDisposable
{
    private static readonly TimeSpan ClientLooks = TimeSpan.FromMilliseconds(200);

    private readonly InProcessTestCluster cluster;

    private TwoSilos(InProcessTestCluster cluster) => this.cluster = cluster;

    public IReadOnlyList<InProcessSiloHandle> Silos => cluster.Silos;

    /// <summary>As a gateway sees the cluster.</summary>
    public IGrainFactory Grains => cluster.Client;

    /// <param name="change">What is different about a silo, by its number from 0.</param>
    /// <param name="knowEachOther">Begin when silos and client have the manifests of both silos, not while some are on the way.</param>
    public static async Task<TwoSilos> Start(Action<int, IServiceCollection>? change = null, bool knowEachOther = true)
    {
        var connection = await PreparedDatabase.Create();
        var builder = new InProcessTestClusterBuilder(2);
        var number = -1;
        builder.ConfigureSiloHost((silo, host) =>
        {
            host.AddClusterSilo(new SiloOptions
            {
                ConnectionString = connection, AdvertisedAddress = IPAddress.Loopback,
                SiloPort = silo.SiloPort, GatewayPort = silo.GatewayPort,
                ClusterId = builder.Options.ClusterId, ServiceId = builder.Options.ServiceId,
            });
            change?.Invoke(Interlocked.Increment(ref number), host.Services);
        });
        builder.ConfigureClientHost(host =>
        {
            host.Services.AddOlderSilos()
                .Configure<TypeManagementOptions>(types => types.TypeMapRefreshInterval = ClientLooks)
                .Configure<GatewayOptions>(list => list.GatewayListRefreshPeriod = ClientLooks);
            // When the host is built: the test host says only after this where the list of silos is.
            host.ConfigureContainer(new DefaultServiceProviderFactory(), services => services.AddListedSilos());
        });
        var silos = new TwoSilos(builder.Build());
        await silos.cluster.DeployAsync();
        if (knowEachOther) await Eventually.Is(silos.KnowEachOther, "silos and client have the manifests of both silos", seconds: 120);
        return silos;
    }

    /// <summary>The grains as this silo calls them.</summary>
    public IGrainFactory Through(int silo) => Silos[silo].ServiceProvider.GetRequiredService<IGrainFactory>();

    public Task Stop(int silo, bool inGoodOrder) =>
        inGoodOrder ? cluster.StopSiloAsync(Silos[silo]) : cluster.KillSiloAsync(Silos[silo]);

    public Task StartAnother() => cluster.StartAdditionalSiloAsync();

    /// <summary>Submits a task of a pool of its own.</summary>
    public static async Task<Guid> Submit(IGrainFactory grains)
    {
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        var spec = Sample.Spec() with { Pool = id.ToString("N") };
        var reply = await grains.GetTaskGrain(id).Submit(spec, new Actor("client-1", "127.0.0.1"));
        Assert.Equal(Rejection.None, reply.Rejection);
        return id;
    }

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    /// <summary>By address: a client's manifest of itself is among those of the silos.</summary>
    private bool KnowEachOther()
    {
        IServiceProvider[] all = [cluster.Client.ServiceProvider, .. Silos.Select(silo => silo.ServiceProvider)];
        return all.All(one => Silos.All(
            silo => one.GetRequiredService<IClusterManifestProvider>().Current.Silos.ContainsKey(silo.SiloAddress)));
    }
}
