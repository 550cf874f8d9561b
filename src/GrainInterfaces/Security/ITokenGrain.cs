namespace OpenClaw.GrainInterfaces.Security;

/// <summary>One access token; key <c>token:id</c>. Knows a hash, never the secret.</summary>
[Alias("ITokenGrain")]
public interface ITokenGrain : IGrainWithStringKey
{
    /// <summary>Stores a new token; false when the id is taken by another one.</summary>
    [Alias("Create")]
    Task<bool> Create(TokenRecord token);

    /// <summary>The token; null when there is none.</summary>
    [Alias("Get")]
    Task<TokenRecord?> Get();

    /// <summary>
    /// Stores the next version of the token, version 0 being a new one; only its tenant's directory calls it. May be repeated.
    /// </summary>
    [Alias("Save")]
    Task<TokenReply> Save(TokenRecord token);

    /// <summary>
    /// Somebody was let in with it at this time. Stored once in <see cref="TokenUseTiming.StoredEvery"/> at most; the answer is the last
    /// use that is stored, null when none is: what is later than that is to be said again.
    /// </summary>
    [Alias("NoteUse")]
    Task<DateTimeOffset?> NoteUse(DateTimeOffset at);
}

/// <summary>How exactly it is known when a token was last used.</summary>
public static class TokenUseTiming
{
    /// <summary>
    /// One write of a token's row in this time, however many gateways it is used at: a token in use costs the store 24 writes a day, and
    /// what is stored is at most so old.
    /// </summary>
    public static readonly TimeSpan StoredEvery = TimeSpan.FromHours(1);

    /// <summary>Whether a use is to be stored. Pure.</summary>
    /// <param name="used">The use, not after <paramref name="now"/>.</param>
    /// <param name="stored">The last one that is stored; null: none.</param>
    /// <param name="storedAt">When that was stored.</param>
    /// <param name="now">What a clock that was set back left behind in the future counts for nothing.</param>
    public static bool ShouldStore(DateTimeOffset used, DateTimeOffset? stored, DateTimeOffset? storedAt, DateTimeOffset now) =>
        (stored is null || used > stored || stored > now) && (storedAt is not { } at || (now - at).Duration() >= StoredEvery);

    /// <summary>The later of two uses, each of which may be unknown. Pure.</summary>
    public static DateTimeOffset? GetLatest(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;
}
