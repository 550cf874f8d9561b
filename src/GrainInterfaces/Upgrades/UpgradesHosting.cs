using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Metadata;

namespace OpenClaw.GrainInterfaces.Upgrades;

/// <summary>For silos and gateways of a cluster, which are upgraded one after the other.</summary>
public static class UpgradesHosting
{
    /// <summary>A gateway knows within this time what a silo knows that has come or that the last older one has gone.</summary>
    private static readonly TimeSpan LookForSilos = TimeSpan.FromSeconds(5);

    /// <summary>
    /// This process says which calls it knows, and makes none that a silo does not know. It needs the <see cref="IClusterMembers"/>: a
    /// client has them from <see cref="AddListedSilos"/>.
    /// </summary>
    public static IServiceCollection AddOlderSilos(this IServiceCollection services) => services
        .Configure<TypeManagementOptions>(types => types.TypeMapRefreshInterval = LookForSilos)
        .AddSingleton<IGrainInterfacePropertiesProvider, KnownCalls>()
        .AddSingleton<IOutgoingGrainCallFilter, OlderSilos>();

    /// <summary>For a client that was told where the list of silos is: it is noted when Orleans reads it.</summary>
    public static IServiceCollection AddListedSilos(this IServiceCollection services)
    {
        var list = services.Last(service => service.ServiceType == typeof(IGatewayListProvider));
        services.Remove(list);
        return services
            .AddSingleton(provider => new ListedSilos((IGatewayListProvider)CreateService(list, provider)))
            .AddSingleton<IGatewayListProvider>(provider => provider.GetRequiredService<ListedSilos>())
            .AddSingleton<IClusterMembers>(provider => provider.GetRequiredService<ListedSilos>());
    }

    private static object CreateService(ServiceDescriptor service, IServiceProvider provider) =>
        service.ImplementationInstance ?? service.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, service.ImplementationType!);
}
