using OpenClaw.Hosting.Health;

namespace OpenClaw.Gateway.Hosting;

/// <summary>Whoever is told that this gateway is ready finds its tokens accepted, and their file written.</summary>
internal sealed class TokensAreKnown : IReadinessCheck
{
    private volatile bool known;

    /// <summary>From now on they are.</summary>
    public void Tell() => known = true;

    public ValueTask<string?> Fault(CancellationToken cancellation) => new(known ? null : "The tokens are not known to the store yet.");
}
