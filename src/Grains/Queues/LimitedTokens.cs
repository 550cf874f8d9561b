using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using OpenClaw.Grains.Ports;

namespace OpenClaw.Grains.Queues;

/// <summary>
/// Which tokens have a limit of running tasks, as this silo knew it two seconds ago: the end of a task is told to the queue where the
/// queue counts it, and of the many tasks that nobody counts nothing is said. One small read for all of the silo, while tasks move.
/// </summary>
internal sealed class LimitedTokens(IRunningLimits store, TimeProvider clock, ILogger<LimitedTokens> log)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private FrozenSet<LimitedToken>? tokens;
    private long readAt;
    private Task? reading;

    /// <summary>Whether a token has one. Never waits: right after the silo's start nobody seems to have one.</summary>
    public bool IsLimited(string tenant, string tokenId)
    {
        if (IsOld()) _ = ReadAgain();
        return tokens is { Count: > 0 } known && known.Contains(new(tenant, tokenId));
    }

    /// <summary>Whether any token of a tenant has one.</summary>
    public async ValueTask<bool> IsAnyLimited(string tenant)
    {
        if (IsOld()) await ReadAgain();
        return tokens is { Count: > 0 } known && known.Any(token => token.Tenant == tenant);
    }

    /// <summary>What runs of a tenant's tokens that have one.</summary>
    public ValueTask<IReadOnlyList<RunningLoad>> ReadLoads(string tenant, CancellationToken cancellation) =>
        store.ReadLoads(tenant, cancellation);

    private bool IsOld() => tokens is null || clock.GetElapsedTime(Volatile.Read(ref readAt)) >= GoodFor;

    /// <summary>Off the grain's scheduler: whoever comes first must not hold it up for the others.</summary>
    private Task ReadAgain()
    {
        lock (gate) return reading ??= Task.Run(ReadOnce);
    }

    private async Task ReadOnce()
    {
        try
        {
            tokens = (await store.ReadTokens(CancellationToken.None)).ToFrozenSet();
        }
        catch (Exception failure)
        {
            tokens ??= [];
            log.LimitsFailed(failure);
        }
        finally
        {
            lock (gate) (readAt, reading) = (clock.GetTimestamp(), null);
        }
    }
}
