using System.Collections.Concurrent;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Gateway.Workers;

/// <summary>
/// Workers of the compatible protocol. They have no session; their polls are their signs of life, passed on every few seconds and
/// not each.
/// </summary>
internal sealed class CompatibleWorkers(IGrainFactory grains, TimeProvider clock, ILogger<CompatibleWorkers> log)
{
    /// <summary>Name of one that gives none.</summary>
    public const string DefaultName = ReservedNames.CompatibleWorkers;

    private const int Capacity = 10_000;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Tenant, string Name), KnownWorker> seen = new();

    /// <summary>
    /// The worker as a holder, and whether it is to get no new work. Only the first sign of life is waited for: a silo that does not
    /// answer holds up no polls.
    /// </summary>
    public async ValueTask<LiveSession> RecordPoll(Caller caller, string name)
    {
        var key = (caller.Tenant, name);
        if (!seen.TryGetValue(key, out var last))
        {
            last = await ForwardPoll(key, CreateOffers(name));
        }
        else if (clock.GetElapsedTime(last.At) >= Every)
        {
            // Before the call, so that the polls that come meanwhile do not call, too.
            seen[key] = last with { At = clock.GetTimestamp() };
            _ = ForwardPollLater(key);
        }
        return new(SessionGate.CreateHolder(caller, name, 0, last.Offers), last.Draining);
    }

    private async Task<KnownWorker> ForwardPoll((string Tenant, string Name) key, string offers)
    {
        var info = await grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(key.Tenant, key.Name)).TouchCompatible(offers);
        if (seen.Count >= Capacity) seen.Clear();
        // Not what it asks for: a name that belongs to daemons with sessions it does not get.
        return seen[key] = new(info.Offers, info.Draining, clock.GetTimestamp());
    }

    private async Task ForwardPollLater((string Tenant, string Name) key)
    {
        try
        {
            await ForwardPoll(key, CreateOffers(key.Name));
        }
        catch (Exception error) when (ProblemMiddleware.IsInfrastructureError(error))
        {
            log.SignOfLifeLost(key.Name, error);
        }
    }

    internal static string CreateOffers(string name) =>
        LabelSet.FromLabels([.. Kinds.Compatible.Select(kind => LabelSet.KindPrefix + kind), LabelSet.NameWorker(name)]);

    private sealed record KnownWorker(string Offers, bool Draining, long At);
}
