namespace OpenClaw.Hosting.Health;

/// <summary>One thing a process needs to serve.</summary>
public interface IReadinessCheck
{
    /// <summary>A sentence about what is missing; null when nothing is. Fast, and may be asked by anybody at any rate.</summary>
    ValueTask<string?> FindError(CancellationToken cancellation);
}
