using System.Collections.Concurrent;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Gateway.Workers;

/// <summary>
/// Workers of the original's protocol. They have no session; their polls are their signs of life, passed on every few seconds and
/// not each.
/// </summary>
internal sealed class CompatibleWorkers(IGrainFactory grains, TimeProvider clock)
{
    /// <summary>Name of one that gives none.</summary>
    public const string DefaultName = "compat";

    private const int Capacity = 10_000;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Tenant, string Name), Seen> seen = new();

    /// <summary>The worker as a holder, and whether it is to get no new work.</summary>
    public async ValueTask<LiveSession> Touch(Caller caller, string name)
    {
        var key = (caller.Tenant, name);
        if (!seen.TryGetValue(key, out var last) || clock.GetElapsedTime(last.At) >= Every)
        {
            // Before the call, so that the polls that come meanwhile do not call, too.
            var offers = last?.Offers ?? OffersOf(name);
            if (seen.Count >= Capacity) seen.Clear();
            seen[key] = new(offers, last?.Draining ?? false, clock.GetTimestamp());
            var info = await grains.GetGrain<IWorkerGrain>(GrainKeys.Worker(caller.Tenant, name)).TouchCompatible(offers);
            last = seen[key] = new(offers, info.Draining, clock.GetTimestamp());
        }
        return new(SessionGate.HolderOf(caller, name, 0, last.Offers), last.Draining);
    }

    /// <summary>The worker as a holder, without a sign of life.</summary>
    public Holder HolderOf(Caller caller, string name) =>
        SessionGate.HolderOf(caller, name, 0, seen.TryGetValue((caller.Tenant, name), out var last) ? last.Offers : OffersOf(name));

    internal static string OffersOf(string name) => LabelSet.Of([.. Kinds.BuiltIn.Select(kind => $"kind:{kind}"), $"worker:{name}"]);

    private sealed record Seen(string Offers, bool Draining, long At);
}
