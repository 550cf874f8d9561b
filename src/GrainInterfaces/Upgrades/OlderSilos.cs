using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;

namespace OpenClaw.GrainInterfaces.Upgrades;

/// <summary>
/// Makes no call that a silo of the cluster does not know; see <see cref="OlderCalls"/>. A silo that passes a message on has to read it,
/// so one older silo anywhere is enough, wherever the grain is. Known from manifests, not tried: an older silo writes an error into its
/// log for each call that it can't read.
/// </summary>
public sealed class OlderSilos(IServiceProvider services) : IOutgoingGrainCallFilter
{
    private Verdicts? verdicts;

    /// <summary>Resolved late: who keeps the manifests makes calls of its own.</summary>
    private IClusterManifestProvider? manifests;

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
        var cluster = (manifests ??= services.GetRequiredService<IClusterManifestProvider>()).Current;
        var known = verdicts;
        if (known is null || !ReferenceEquals(known.Of, cluster)) verdicts = known = new Verdicts(cluster);
        return known.Calls.GetOrAdd(
            call, static (call, at) => at.Of.Silos.Values.All(silo => KnownCalls.IsKnownTo(silo, at.Interface, call.Name)),
            (Of: cluster, Interface: grainInterface));
    }

    private sealed record Verdicts(ClusterManifest Of)
    {
        public ConcurrentDictionary<OlderCall, bool> Calls { get; } = new();
    }
}
