using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;

namespace OpenClaw.Silo.Tests.Cluster;

/// <summary>A silo that got no manifest of the others yet: they did not answer so far.</summary>
internal sealed class LateManifests(IClusterManifestProvider real, SiloAddress own) : IClusterManifestProvider
{
    public ClusterManifest Current => RemoveOthers(real.Current);

    public IAsyncEnumerable<ClusterManifest> Updates => real.Updates.Select(RemoveOthers);

    public GrainManifest LocalGrainManifest => real.LocalGrainManifest;

    public static void AddTo(IServiceCollection services)
    {
        var real = services.Last(service => service.ServiceType == typeof(IClusterManifestProvider));
        services.AddSingleton<IClusterManifestProvider>(provider => new LateManifests(
            (IClusterManifestProvider)real.ImplementationFactory!(provider),
            provider.GetRequiredService<ILocalSiloDetails>().SiloAddress));
    }

    private ClusterManifest RemoveOthers(ClusterManifest cluster) =>
        new(cluster.Version, cluster.Silos.Where(silo => silo.Key.Equals(own)).ToImmutableDictionary());
}
