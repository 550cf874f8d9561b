using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Metadata;

namespace OpenClaw.GrainInterfaces.Upgrades;

/// <summary>For silos and gateways of a cluster, which are upgraded one after the other.</summary>
public static class UpgradesHosting
{
    /// <summary>A gateway knows within this time what a silo knows that has come or that the last older one has gone.</summary>
    private static readonly TimeSpan LookForSilos = TimeSpan.FromSeconds(5);

    /// <summary>This process says which calls it knows, and makes none that a silo does not know.</summary>
    public static IServiceCollection AddOlderSilos(this IServiceCollection services) => services
        .Configure<TypeManagementOptions>(types => types.TypeMapRefreshInterval = LookForSilos)
        .AddSingleton<IGrainInterfacePropertiesProvider, KnownCalls>()
        .AddSingleton<IOutgoingGrainCallFilter, OlderSilos>();
}
