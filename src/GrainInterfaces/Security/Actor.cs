namespace OpenClaw.GrainInterfaces.Security;

/// <summary>Who caused a transition, as the audit row names them.</summary>
[GenerateSerializer, Immutable, Alias("Actor")]
public sealed record Actor([property: Id(0)] string TokenId, [property: Id(1)] string? Address)
{
    /// <summary>Name of the person whose token it is; null: nobody's.</summary>
    [Id(2)] public string? Person { get; init; }

    /// <summary>As audit rows have it: the token's id, and of a person's token <c>ID/NAME</c>.</summary>
    public string AuditName => FormatName(TokenId, Person);

    /// <summary>The same of parts.</summary>
    public static string FormatName(string tokenId, string? person) => person is null ? tokenId : $"{tokenId}/{person}";

    /// <summary>OpenClaw itself: timers, sweeps, repairs.</summary>
    public static Actor System { get; } = new("system", null);
}
