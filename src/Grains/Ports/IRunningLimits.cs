namespace OpenClaw.Grains.Ports;

/// <summary>
/// How many tasks of a token may run at once, of those tokens that are held to a number. A token's own record is the truth of it; this is
/// where queues find it, for many tokens at once.
/// </summary>
public interface IRunningLimits
{
    /// <summary>Which tokens have one, in every tenant.</summary>
    ValueTask<IReadOnlyList<LimitedToken>> ReadTokens(CancellationToken cancellation);

    /// <summary>Those of a tenant, each with its tasks that run and those that a worker holds while a person is asked.</summary>
    ValueTask<IReadOnlyList<RunningLoad>> ReadLoads(string tenant, CancellationToken cancellation);

    /// <summary>How many a token may have running from now on; null: as many as there are workers.</summary>
    ValueTask SetLimit(LimitedToken token, int? maxRunning, CancellationToken cancellation);
}

/// <summary>A token that is held to a number of running tasks.</summary>
public readonly record struct LimitedToken(string Tenant, string TokenId);

/// <summary>How many tasks of a token may run, and which do.</summary>
public sealed record RunningLoad(string TokenId, int MaxRunning, IReadOnlyList<Guid> Running);
