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

    /// <summary>True when a silo with this manifest knows a call of an interface.</summary>
    public static bool IsKnownTo(GrainManifest silo, GrainInterfaceType grainInterface, string call)
    {
        ArgumentNullException.ThrowIfNull(silo);
        return silo.Interfaces.TryGetValue(grainInterface, out var known)
            && known.Properties.TryGetValue(Property, out var calls) && calls.Split(',').Contains(call, StringComparer.Ordinal);
    }

    /// <summary>The name of a method on the wire.</summary>
    internal static string GetWireName(MethodInfo method) => method.GetCustomAttribute<AliasAttribute>()?.Alias ?? method.Name;
}
