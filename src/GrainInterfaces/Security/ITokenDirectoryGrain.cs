namespace OpenClaw.GrainInterfaces.Security;

/// <summary>The tokens of a tenant, and the one place that changes them; key <c>tokens:tenant</c>.</summary>
[Alias("ITokenDirectoryGrain")]
public interface ITokenDirectoryGrain : IGrainWithStringKey
{
    /// <summary>There is a token with this id. Idempotent.</summary>
    [Alias("Add")]
    Task Add(string id, bool admin);

    /// <summary>
    /// Stores a new token, or the next version of one, unless that leaves the tenant without one that administers tokens.
    /// <paramref name="now"/> is the time that tokens end by.
    /// </summary>
    [Alias("Save")]
    Task<TokenReply> Save(TokenRecord token, DateTimeOffset now);

    /// <summary>Tokens with an id after this one, by id; null: a silo lives that can't say.</summary>
    [Alias("Page")]
    Task<TokenPage?> Page(string? after, int limit);
}

/// <summary>What became of a change of a token.</summary>
[GenerateSerializer, Alias("TokenReply")]
public enum TokenReply
{
    /// <summary>Nothing: a silo lives that does not know how.</summary>
    Unsupported = 0,
    /// <summary>It is stored.</summary>
    Saved = 1,
    /// <summary>It was changed meanwhile, or is not there: read it again.</summary>
    Conflict = 2,
    /// <summary>Nobody could make tokens any more.</summary>
    LastAdmin = 3,
    /// <summary>The tenant has as many as it may have.</summary>
    TooMany = 4,
    /// <summary>It was to be the first, and there is one.</summary>
    NotFirst = 5,
}

/// <summary>A page of tokens.</summary>
/// <param name="Tokens">By id.</param>
/// <param name="Next">What the next page comes after; null: this was the last.</param>
[GenerateSerializer, Immutable, Alias("TokenPage")]
public sealed record TokenPage([property: Id(0)] TokenRecord[] Tokens, [property: Id(1)] string? Next)
{
    /// <summary>Since when uses of the tenant's tokens are noted; null: a silo answers that does not note them.</summary>
    [Id(2)] public DateTimeOffset? UsesSince { get; init; }
}
