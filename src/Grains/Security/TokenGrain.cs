using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Grains.Ports;

namespace OpenClaw.Grains.Security;

/// <summary>One access token's record.</summary>
[CollectionAgeLimit(Minutes = 10)]
internal sealed class TokenGrain([PersistentState("token", "Default")] IPersistentState<StoredToken> state) : Grain, ITokenGrain
{
    private readonly CurrentState<StoredToken> current = new(state);

    public async Task<bool> Create(TokenRecord token)
    {
        if (state.RecordExists) return IsSame(state.State.Token, token);
        state.State = new StoredToken { Token = token };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = new StoredToken();
            DeactivateOnIdle();
            throw;
        }
        return true;
    }

    /// <summary>A repeat of the call that made it.</summary>
    private static bool IsSame(TokenRecord? known, TokenRecord token) =>
        known is not null && known.SecretHash.AsSpan().SequenceEqual(token.SecretHash) && known.Role == token.Role;

    public async Task<TokenRecord?> Get()
    {
        // Gateways keep the answer for a while; a token that was revoked or made elsewhere must not wait for this grain to forget.
        await current.EnsureCurrent();
        // An id nobody made, perhaps somebody's guess: keep nothing of it.
        if (!state.RecordExists) DeactivateOnIdle();
        return state.State.Token;
    }
}

/// <summary>What is stored under a token's id.</summary>
[GenerateSerializer, Alias("StoredToken")]
internal sealed record StoredToken
{
    /// <summary>The token; null when there is none.</summary>
    [Id(0)] public TokenRecord? Token { get; set; }
}
