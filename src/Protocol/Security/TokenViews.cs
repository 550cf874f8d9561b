namespace OpenClaw.Protocol.Security;

/// <summary>A token as an administrator sees it: never its secret, nor a hash of it.</summary>
public sealed record TokenView
{
    /// <summary>Its public id, the third part of its text.</summary>
    public required string Id { get; init; }
    /// <summary>client, worker or admin.</summary>
    public required string Role { get; init; }
    /// <summary>What it is for.</summary>
    public string? Name { get; init; }
    /// <summary>active, expired or revoked.</summary>
    public required string Status { get; init; }
    /// <summary>What it may do.</summary>
    public required string[] Scopes { get; init; }
    /// <summary>Which tasks it may ask for and see; missing: all of its tenant.</summary>
    public TokenNarrowing? Narrowing { get; init; }
    /// <summary>Requests a minute, on each gateway.</summary>
    public int? RequestsPerMinute { get; init; }
    /// <summary>Tasks that it may have queued.</summary>
    public int? MaxQueued { get; init; }
    /// <summary>Tasks of it that may run at once.</summary>
    public int? MaxRunning { get; init; }
    /// <summary>When it was made, ms since 1970.</summary>
    public required long CreatedAt { get; init; }
    /// <summary>Id of the token it was made with; missing: the server made it, or it is older than that was kept.</summary>
    public string? CreatedBy { get; init; }
    /// <summary>When it ends, ms since 1970; missing: never.</summary>
    public long? ExpiresAt { get; init; }
    /// <summary>When it was revoked, ms since 1970.</summary>
    public long? RevokedAt { get; init; }
    /// <summary>Id of the token it was revoked with.</summary>
    public string? RevokedBy { get; init; }
    /// <summary>Why, as it was said.</summary>
    public string? RevokedReason { get; init; }
    /// <summary>Name of the worker whose key it stands for; missing: it is no key.</summary>
    public string? Worker { get; init; }
    /// <summary>Name of the person it was made for; missing: nobody.</summary>
    public string? Person { get; init; }
    /// <summary>When it got its latest secret, ms since 1970; missing: it has its first.</summary>
    public long? RotatedAt { get; init; }
    /// <summary>Until when the secret of before is good as well, ms since 1970.</summary>
    public long? OldSecretUntil { get; init; }
    /// <summary>When somebody was last let in with it, ms since 1970, within an hour; missing: never since uses are noted.</summary>
    public long? LastUsedAt { get; init; }
    /// <summary>Grows with each change.</summary>
    public required long Version { get; init; }
}

/// <summary>A token that was made or has a new secret. <see cref="Secret"/> is the text to send; it is shown this once.</summary>
public sealed record IssuedTokenView(TokenView Token, string Secret);

/// <summary>A page of a tenant's tokens, by id.</summary>
public sealed record TokenListView(TokenView[] Tokens, string? NextCursor = null)
{
    /// <summary>Since when uses of the tenant's tokens are noted, ms since 1970: an older one may have been used before.</summary>
    public long? UsesSince { get; init; }
}

/// <summary>GET /me: whom the server takes the caller for.</summary>
public sealed record CallerView
{
    /// <summary>Public id of the token; <c>shared</c> for the one of the compatible mode.</summary>
    public required string TokenId { get; init; }
    /// <summary>What the token is for.</summary>
    public string? Name { get; init; }
    /// <summary>client, worker or admin; the shared token has two.</summary>
    public required string[] Roles { get; init; }
    /// <summary>Whose tasks and workers it sees.</summary>
    public required string Tenant { get; init; }
    /// <summary>Name of the person whose token it is; missing: nobody's.</summary>
    public string? Person { get; init; }
    /// <summary>What it may do.</summary>
    public required string[] Scopes { get; init; }
    /// <summary>Which tasks it may ask for and see; missing: all of its tenant.</summary>
    public TokenNarrowing? Narrowing { get; init; }
    /// <summary>Requests a minute, on each gateway.</summary>
    public int? RequestsPerMinute { get; init; }
    /// <summary>Tasks that it may have queued.</summary>
    public int? MaxQueued { get; init; }
    /// <summary>Tasks of it that may run at once.</summary>
    public int? MaxRunning { get; init; }
    /// <summary>When it ends, ms since 1970; missing: never.</summary>
    public long? ExpiresAt { get; init; }
}
