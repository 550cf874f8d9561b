using OpenClaw.Hosting.Health;

namespace OpenClaw.Gateway.Hosting;

/// <summary>
/// Whoever is told that this gateway is ready finds its tokens accepted, and their file written. Before that an unknown token is not
/// wrong: it may be one of those.
/// </summary>
internal sealed class TokenReadiness : IReadinessCheck
{
    private volatile bool isReady;

    /// <summary>True once they are.</summary>
    public bool IsReady => isReady;

    /// <summary>From now on they are.</summary>
    public void MarkReady() => isReady = true;

    public ValueTask<string?> FindError(CancellationToken cancellation) =>
        new(isReady ? null : "The tokens are not known to the store yet.");
}
