namespace OpenClaw.GrainInterfaces.Security;

/// <summary>
/// A worker that is known by its key. Its token's record has the secret of its session, a new one with each; who has lost that signs for
/// another.
/// </summary>
[GenerateSerializer, Immutable, Alias("WorkerIdentity")]
public sealed record WorkerIdentity
{
    /// <summary>Name of the worker.</summary>
    [Id(0)] public required string Worker { get; init; }
    /// <summary>Public half of its key: P-256, SubjectPublicKeyInfo.</summary>
    [Id(1)] public required byte[] PublicKey { get; init; }
    /// <summary>Digest of the id of its machine; null: it has none that counts.</summary>
    [Id(2)] public string? Machine { get; init; }
    /// <summary>Kinds that the PC's owner has granted: it gets tasks of no others.</summary>
    [Id(3)] public required string[] Kinds { get; init; }
    /// <summary>Kinds that can be granted, by the invitation; null: all.</summary>
    [Id(4)] public string[]? MostKinds { get; init; }
    /// <summary>Labels it has, by the invitation; null: those it says.</summary>
    [Id(5)] public string[]? Labels { get; init; }
    /// <summary>Challenges are made with it, and each that is used changes it: so none is used twice.</summary>
    [Id(6)] public required byte[] ChallengeKey { get; init; }
    /// <summary>Id of the join token it came with.</summary>
    [Id(7)] public required string Invite { get; init; }
    /// <summary>Id of the tenant's tasks, as the worker was told: its signatures name it.</summary>
    [Id(8)] public required string Server { get; init; }
}

/// <summary>What a join token makes of a PC. A field that is null is its owner's to say.</summary>
[GenerateSerializer, Immutable, Alias("JoinInvite")]
public sealed record JoinInvite
{
    /// <summary>Name of the worker.</summary>
    [Id(0)] public string? Worker { get; init; }
    /// <summary>Its labels.</summary>
    [Id(1)] public string[]? Labels { get; init; }
    /// <summary>Kinds it may have at most.</summary>
    [Id(2)] public string[]? Kinds { get; init; }
    /// <summary>When it was used; null: it was not.</summary>
    [Id(3)] public DateTimeOffset? UsedAt { get; init; }
    /// <summary>SHA-256 of the public key it was used with: that one may repeat its call.</summary>
    [Id(4)] public byte[]? UsedByKey { get; init; }
    /// <summary>Id of the identity that came of it.</summary>
    [Id(5)] public string? Identity { get; init; }
}
