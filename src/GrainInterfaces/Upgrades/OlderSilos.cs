using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;

namespace OpenClaw.GrainInterfaces.Upgrades;

/// <summary>
/// Makes no call that a silo of the cluster does not know; see <see cref="OlderCalls"/>. A silo that passes a message on has to read it,
/// so one older silo anywhere is enough, wherever the grain is. Known from manifests, not tried: an older silo writes an error into its
/// log for each call that it can't read. An active silo without a manifest here counts as older: Orleans asks a silo for it when it has
/// come, publishes it when all who were asked have answered or were given up, and gateways hear of it by the silo that they ask.
/// </summary>
public sealed class OlderSilos(IServiceProvider services) : IOutgoingGrainCallFilter
{
    private Verdicts? verdicts;

    /// <summary>Resolved late: who keeps the manifests makes calls of its own.</summary>
    private IClusterManifestProvider? manifests;

    private IClusterMembers? members;

    /// <inheritdoc/>
    public Task Invoke(IOutgoingGrainCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (OlderCalls.Find(context) is not { } older) return context.Invoke();
        return IsKnown(older, context.InterfaceType) ? CallWithFallback(older, context) : older.Make(context);
    }

    private static async Task CallWithFallback(OlderCall older, IOutgoingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (TypeLoadException)
        {
            // What a silo answers that can't read the call: it came a moment ago, and its manifest is still on the way.
            await older.Make(context);
        }
    }

    /// <summary>Judged once for each state of the cluster. Two who judge at once come to the same.</summary>
    private bool IsKnown(OlderCall call, GrainInterfaceType grainInterface)
    {
        // Read before the members: a silo that comes in between is one without a manifest.
        var cluster = (manifests ??= services.GetRequiredService<IClusterManifestProvider>()).Current;
        var active = (members ??= services.GetRequiredService<IClusterMembers>()).Active;
        var known = verdicts;
        if (known is null || !ReferenceEquals(known.Cluster, cluster) || !ReferenceEquals(known.Active, active))
            verdicts = known = new Verdicts(cluster, active);
        return known.Calls.GetOrAdd(
            call, static (call, at) => KnownCalls.IsKnownToAll(at.Known.Cluster, at.Known.Active, at.Interface, call.Name),
            (Known: known, Interface: grainInterface));
    }

    private sealed record Verdicts(ClusterManifest Cluster, IReadOnlyList<SiloAddress>? Active)
    {
        public ConcurrentDictionary<OlderCall, bool> Calls { get; } = new();
    }
}
