using System.Net;
using System.Reflection;
using Orleans.Metadata;

namespace OpenClaw.GrainInterfaces.Upgrades;

/// <summary>
/// Says which calls this process knows, in the manifest that every silo and every gateway has of every silo: nobody has to try a call to
/// learn that it is unknown.
/// </summary>
public sealed class KnownCalls : IGrainInterfacePropertiesProvider
{
    /// <summary>Name of the property of a grain interface; a build without it is from before there was one.</summary>
    public const string Property = "openclaw.calls";

    /// <inheritdoc/>
    public void Populate(Type interfaceType, GrainInterfaceType grainInterfaceType, Dictionary<string, string> properties)
    {
        ArgumentNullException.ThrowIfNull(interfaceType);
        ArgumentNullException.ThrowIfNull(properties);
        if (interfaceType.Assembly == typeof(KnownCalls).Assembly)
            properties[Property] = string.Join(',', interfaceType.GetMethods().Select(GetWireName));
    }

    /// <summary>
    /// True when every silo knows a call. One that is active and whose manifest has not come yet may be of any build: it counts as one that
    /// does not. So does everyone while nothing is known of the membership.
    /// </summary>
    public static bool IsKnownToAll(
        ClusterManifest manifests, IReadOnlyList<SiloAddress>? active, GrainInterfaceType grainInterface, string call)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        return active is not null && HasManifestOfEach(manifests, active)
            && manifests.Silos.Values.All(silo => IsKnownTo(silo, grainInterface, call));
    }

    /// <summary>True when a silo with this manifest knows a call of an interface.</summary>
    public static bool IsKnownTo(GrainManifest silo, GrainInterfaceType grainInterface, string call)
    {
        ArgumentNullException.ThrowIfNull(silo);
        return silo.Interfaces.TryGetValue(grainInterface, out var known)
            && known.Properties.TryGetValue(Property, out var calls) && calls.Split(',').Contains(call, StringComparer.Ordinal);
    }

    /// <summary>
    /// Silos are compared by machine and generation, for a gateway's address has a port of its own. Two of one machine that began in the
    /// same second have both in common: so they are counted. A client's own manifest is among the silos', under an address without a port.
    /// </summary>
    private static bool HasManifestOfEach(ClusterManifest manifests, IReadOnlyList<SiloAddress> active)
    {
        var known = manifests.Silos.Keys.Where(silo => silo.Endpoint.Port != 0).CountBy(GetMachineAndGeneration).ToDictionary();
        return active.CountBy(GetMachineAndGeneration).All(silos => known.GetValueOrDefault(silos.Key) >= silos.Value);
    }

    private static (IPAddress Machine, int Generation) GetMachineAndGeneration(SiloAddress silo) =>
        (silo.Endpoint.Address, silo.Generation);

    /// <summary>The name of a method on the wire.</summary>
    internal static string GetWireName(MethodInfo method) => method.GetCustomAttribute<AliasAttribute>()?.Alias ?? method.Name;
}
