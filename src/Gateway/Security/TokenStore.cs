using System.Security.Cryptography;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Hosting.Clocks;

namespace OpenClaw.Gateway.Security;

/// <summary>Makes tokens known to the cluster, by their hash.</summary>
internal sealed class TokenStore(IGrainFactory grains, TimeProvider clock)
{
    /// <summary>No token can have this id: too long, and with a sign that ids have not.</summary>
    private const string FirstStartId = "first-start";

    /// <summary>Stores a token unless it is known. False: it is not well-formed, or its id is known with another secret.</summary>
    public async Task<bool> StoreToken(IssuedToken token)
    {
        if (ToRecord(token) is not { } record) return false;
        var grain = grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(record.TokenId));
        if (await grain.Create(record)) return true;
        // Known already. A revoked one stays revoked, and one with a new secret keeps that: who has the old text is refused.
        return await grain.Get() is { } known
            && (known.RotatedAt is not null || CryptographicOperations.FixedTimeEquals(known.SecretHash, record.SecretHash));
    }

    /// <summary>True: whoever shows it now is let in. False: it is unknown, revoked, has run out, or got another secret.</summary>
    public async Task<bool> IsGood(IssuedToken token)
    {
        if (ToRecord(token) is not { } shown) return false;
        var known = KnownToken.FromRecord(await grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(shown.TokenId)).Get());
        var now = AnchoredClock.GetWallClock(clock).GetUtcNow();
        return KnownToken.FindGeneration(known, shown.SecretHash, now) is not null && known!.Record.IsAlive(now);
    }

    /// <summary>True: nobody has made tokens in this database so far.</summary>
    public async Task<bool> IsFirst() => await GetMarkGrain().Get() is null;

    /// <summary>
    /// Says that the database has its tokens; true for exactly one caller, whoever else asks at the same moment. May be asked again
    /// with the same <paramref name="caller"/>, 32 random bytes, when the answer was lost.
    /// </summary>
    public async Task<bool> ClaimDatabase(byte[] caller)
    {
        var mark =
            new TokenRecord { TokenId = FirstStartId, SecretHash = caller, Role = "mark", CreatedAt = clock.GetUtcNow(), Revoked = true };
        return await GetMarkGrain().Create(mark) || (await GetMarkGrain().Get())!.SecretHash.AsSpan().SequenceEqual(caller);
    }

    private ITokenGrain GetMarkGrain() => grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(FirstStartId));

    private TokenRecord? ToRecord(IssuedToken token)
    {
        if (!TokenText.TryParse(token.Token, out var id, out var secret, out var role) || token.Role != TokenText.FormatRole(role))
            return null;
        var hash = new byte[SHA256.HashSizeInBytes];
        TokenText.HashSecret(secret, hash);
        return new TokenRecord { TokenId = id.ToString(), SecretHash = hash, Role = token.Role, CreatedAt = clock.GetUtcNow() };
    }
}
