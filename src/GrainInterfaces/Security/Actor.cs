namespace OpenClaw.GrainInterfaces.Security;

/// <summary>Who caused a transition, as the audit row names them.</summary>
[GenerateSerializer, Immutable, Alias("Actor")]
public sealed record Actor([property: Id(0)] string TokenId, [property: Id(1)] string? Address)
{
    /// <summary>OpenClaw itself: timers, sweeps, repairs.</summary>
    public static Actor System { get; } = new("system", null);
}
