using System.Collections.Concurrent;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Tasks.Submits;

/// <summary>Whether there is room for one more queued task: in the tenant's backlog, and for a token that may have only so many.</summary>
internal sealed class SubmitRoom(TenantCache tenants, ITaskList tasks, TimeProvider clock)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<(string Tenant, string TokenId), QueuedCount> counts = new();

    /// <summary>
    /// A problem when there is none, else what is to be disposed of once the submit is over. The tenant's limit is by a count of up to a
    /// second ago and books nothing: it is there for the store's sake and not exact.
    /// </summary>
    public async ValueTask<(Problem? Problem, QueuedCount.Booking Booking)> Reserve(Caller caller)
    {
        if (await tenants.IsFull(caller.Tenant)) return (ProblemTable.FromRejection(Rejection.BacklogFull), default);
        if (caller.Rights.MaxQueued is not { } most) return default;
        try
        {
            return await GetCount(caller).Reserve(most) is { } booking
                ? (null, booking)
                : (ProblemTable.CreateTooManyQueued(most), default);
        }
        catch (Exception error) when (ProblemMiddleware.IsInfrastructureError(error))
        {
            // Where nobody can count, the submit itself says whether there is a store.
            return default;
        }
    }

    private QueuedCount GetCount(Caller caller)
    {
        var key = (caller.Tenant, caller.TokenId);
        if (counts.TryGetValue(key, out var known)) return known;
        // Tokens with a limit: administrators made them. Counting anew is better than growing.
        if (counts.Count >= Capacity) counts.Clear();
        return counts.GetOrAdd(key, name => new QueuedCount(
            async limit => await tasks.CountQueued(name.Tenant, name.TokenId, limit, CancellationToken.None), clock));
    }
}
