using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Grains.Ports;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Grains.Security;

/// <summary>One access token's record.</summary>
[CollectionAgeLimit(Minutes = 10)]
internal sealed class TokenGrain(
    [PersistentState("token", "Default")] IPersistentState<StoredToken> state, IRunningLimits limits, TimeProvider clock)
    : Grain, ITokenGrain
{
    private readonly CurrentState<StoredToken> current = new(state);

    private bool isListed;
    private bool isLimitKnown;

    public async Task<bool> Create(TokenRecord token)
    {
        if (state.RecordExists) return IsSame(state.State.Token, token);
        await StoreToken(token);
        return true;
    }

    public async Task<TokenRecord?> Get()
    {
        // Gateways keep the answer for a while; a token that was revoked or made elsewhere must not wait for this grain to forget.
        await current.EnsureCurrent();
        // An id nobody made, perhaps somebody's guess: keep nothing of it.
        if (!state.RecordExists) DeactivateOnIdle();
        else if (!isListed && state.State.Token is { } token) _ = AddToDirectory(token);
        if (!isLimitKnown && state.State.Token?.Rules?.MaxRunning is not null) _ = TellLimitAgain(state.State.Token);
        return state.State.Token;
    }

    public async Task<TokenReply> Save(TokenRecord token)
    {
        await current.EnsureCurrent();
        var known = state.State.Token;
        var isRepeat = known is not null && known.Version == token.Version && known.ChangeId == token.ChangeId;
        if (!isRepeat && (known?.Version ?? -1) != token.Version - 1) return TokenReply.Conflict;
        isListed |= token.Identity is null; // The directory did so before it called; a key's comes from elsewhere.
        // Whoever changes it read it before, and it may have been used since.
        if (!isRepeat) await StoreToken(token with { LastUsedAt = TokenUseTiming.GetLatest(token.LastUsedAt, known?.LastUsedAt) });
        // A change without one takes it away. A silo that knows no such limits may have left it out of the record, so that is not asked.
        if (token.Rules?.MaxRunning is not null || (token.Version > 0 && token.Identity is null)) await TellLimit(token);
        return TokenReply.Saved;
    }

    public async Task<DateTimeOffset?> NoteUse(DateTimeOffset at)
    {
        await current.EnsureCurrent();
        if (state.State.Token is not { } token) return null;
        var now = clock.GetUtcNow();
        // The clock of a gateway may be ahead: what it says would be the latest for as long.
        var used = at > now ? now : at;
        if (TokenUseTiming.ShouldStore(used, token.LastUsedAt, state.State.UseStoredAt, now))
            await StoreToken(token with { LastUsedAt = used }, useStoredAt: now);
        return state.State.Token?.LastUsedAt;
    }

    /// <summary>A repeat of the call that made it.</summary>
    private static bool IsSame(TokenRecord? known, TokenRecord token) =>
        known is not null && known.SecretHash.AsSpan().SequenceEqual(token.SecretHash) && known.Role == token.Role;

    private async Task StoreToken(TokenRecord token, DateTimeOffset? useStoredAt = null)
    {
        await state.StoreOrForget(
            new StoredToken { Token = token, UseStoredAt = useStoredAt ?? state.State.UseStoredAt }, DeactivateOnIdle);
        if (!isListed) _ = AddToDirectory(token);
    }

    /// <summary>
    /// Where queues look for it, and the queue is told to look. What fails of the first is done by the repeat of the change, of the second
    /// by the queue's own look seconds later.
    /// </summary>
    private async Task TellLimit(TokenRecord token)
    {
        await limits.SetLimit(new(token.Tenant, token.TokenId), token.Rules?.MaxRunning, CancellationToken.None);
        isLimitKnown = true;
        try
        {
            await GrainFactory.GetGrain<IQueueGrain>(GrainKeys.ForQueue(token.Tenant)).RefreshLimits();
        }
        catch (Exception)
        {
            // What is stored is what counts.
        }
    }

    /// <summary>The silo may have died between the two writes. Nobody waits for it; what fails is done when it is next asked for.</summary>
    private async Task TellLimitAgain(TokenRecord token)
    {
        isLimitKnown = true;
        try
        {
            await TellLimit(token);
        }
        catch (Exception)
        {
            isLimitKnown = false;
        }
    }

    /// <summary>
    /// Tokens from before there was a list, and those that a gateway makes at its start. Nobody waits for it: the directory may be waiting
    /// for this grain. What fails is done when the grain is next in memory.
    /// </summary>
    private async Task AddToDirectory(TokenRecord token)
    {
        isListed = true;
        // Not a token's: the mark that a database has its tokens.
        var role = token.FindRole();
        if (role is not (TokenRoles.Client or TokenRoles.Worker or TokenRoles.Admin)) return;
        try
        {
            var directory = GrainFactory.GetGrain<ITokenDirectoryGrain>(GrainKeys.ForTokenDirectory(token.Tenant));
            await directory.Add(token.TokenId, role == TokenRoles.Admin);
        }
        catch (Exception)
        {
            isListed = false;
        }
    }
}

/// <summary>What is stored under a token's id.</summary>
[GenerateSerializer, Alias("StoredToken")]
internal sealed record StoredToken
{
    /// <summary>The token; null when there is none.</summary>
    [Id(0)] public TokenRecord? Token { get; set; }
    /// <summary>When its last use was written here.</summary>
    [Id(1)] public DateTimeOffset? UseStoredAt { get; set; }
}
