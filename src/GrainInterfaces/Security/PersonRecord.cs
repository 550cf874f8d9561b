namespace OpenClaw.GrainInterfaces.Security;

/// <summary>Whom a token was made for: kept in the token, so that an audit row names them also when they are gone.</summary>
/// <param name="Id">Never given to anybody else, unlike the name.</param>
/// <param name="Name">Name at the time the token was made.</param>
[GenerateSerializer, Immutable, Alias("PersonRef")]
public sealed record PersonRef([property: Id(0)] string Id, [property: Id(1)] string Name);

/// <summary>What is stored of a person. What they log in with later (passkeys) is a field of its own here.</summary>
[GenerateSerializer, Immutable, Alias("PersonRecord")]
public sealed record PersonRecord
{
    /// <summary>Random; tokens name it.</summary>
    [Id(0)] public required string Id { get; init; }
    /// <summary>Name within the tenant.</summary>
    [Id(1)] public required string Name { get; init; }
    /// <summary>Names of their roles; unknown ones give nothing.</summary>
    [Id(2)] public string[] Roles { get; init; } = [];
    /// <summary>Who they are in chats: <c>discord:ID</c> and so on.</summary>
    [Id(3)] public string[] Identities { get; init; } = [];
    /// <summary>Ids of the tokens made for them, the latest ones.</summary>
    [Id(4)] public string[] Tokens { get; init; } = [];
    /// <summary>When they were added.</summary>
    [Id(5)] public DateTimeOffset CreatedAt { get; init; }
    /// <summary>Id of the token they were added with.</summary>
    [Id(6)] public string? CreatedBy { get; init; }
    /// <summary>Since when their tokens are refused; null: they are not.</summary>
    [Id(7)] public DateTimeOffset? DisabledAt { get; init; }
    /// <summary>Id of the token they were disabled with.</summary>
    [Id(8)] public string? DisabledBy { get; init; }
    /// <summary>Grows by one with each change.</summary>
    [Id(9)] public long Version { get; init; }
    /// <summary>Tells a repeat of the call that made this version from another change.</summary>
    [Id(10)] public Guid ChangeId { get; init; }
    /// <summary>The version in which they got their roles, or were disabled or enabled.</summary>
    [Id(11)] public long RightsVersion { get; init; }
}

/// <summary>What became of a change of a person.</summary>
[GenerateSerializer, Alias("PersonReply")]
public enum PersonReply
{
    /// <summary>Nothing: a silo lives that does not know how.</summary>
    Unsupported = 0,
    /// <summary>It is stored.</summary>
    Saved = 1,
    /// <summary>They were changed meanwhile, or are not there: read again.</summary>
    Conflict = 2,
    /// <summary>Somebody else has the name.</summary>
    NameTaken = 3,
    /// <summary>Somebody else has one of the chat identities.</summary>
    IdentityTaken = 4,
    /// <summary>The tenant has as many people as it may have.</summary>
    TooMany = 5,
}
