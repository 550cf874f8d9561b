using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Hosting.Clocks;

namespace OpenClaw.Gateway.Security;

/// <summary>Decides whether a bearer token is good and for what.</summary>
internal sealed class TokenCheck
{
    private const string SharedTokenId = "shared";
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly TokenCache cache;
    private readonly LongRequests requests;
    /// <summary>A token lives until a date, whatever this process holds time for.</summary>
    private readonly TimeProvider wall;
    private readonly byte[]? sharedHash;

    public TokenCheck(TokenCache cache, LongRequests requests, TimeProvider clock, IOptions<GatewayOptions> options)
    {
        (this.cache, this.requests, wall) = (cache, requests, AnchoredClock.GetWallClock(clock));
        sharedHash = options.Value.SharedToken is { } shared ? SHA256.HashData(Encoding.UTF8.GetBytes(shared)) : null;
    }

    /// <summary>The caller a token stands for; null when it is not good, whatever the reason.</summary>
    public ValueTask<Caller?> FindCaller(string token, IPAddress? address)
    {
        if (IsShared(token)) return new(new Caller(SharedTokenId, "default", Roles.Client | Roles.Worker, address));
        if (!TokenText.TryParse(token, out var id, out _, out _)) return default;
        var record = cache.FindRecord(id);
        return record.IsCompletedSuccessfully ? new(DecideCaller(token, record.Result, address)) : DecideLater(token, record, address);
    }

    /// <summary>Whether a caller who was let in with an issued token would be let in now. Asks the store, whatever is remembered.</summary>
    public async Task<bool> IsStillValid(Caller caller) =>
        await cache.FetchRecord(caller.TokenId) is { } record && IsAlive(record) && record.Role == TokenText.FormatRole(caller.Roles);

    private async ValueTask<Caller?> DecideLater(string token, ValueTask<TokenRecord?> record, IPAddress? address) =>
        DecideCaller(token, await record, address);

    /// <summary>The same work for a token that is unknown, expired, revoked or has a wrong secret.</summary>
    private Caller? DecideCaller(string token, TokenRecord? record, IPAddress? address)
    {
        TokenText.TryParse(token, out _, out var secret, out var role);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        TokenText.HashSecret(secret, hash);
        var secretFits = CryptographicOperations.FixedTimeEquals(hash, record?.SecretHash ?? NoHash);
        return secretFits & IsAlive(record) && record!.Role == TokenText.FormatRole(role)
            ? new Caller(record.TokenId, record.Tenant, role, address, requests)
            : null;
    }

    private bool IsAlive(TokenRecord? record) =>
        record is { Revoked: false } && (record.ExpiresAt is null || wall.GetUtcNow() < record.ExpiresAt);

    /// <summary>Hashes have one length, so the comparison tells nothing of the length either.</summary>
    private bool IsShared(string token)
    {
        if (sharedHash is null) return false;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return CryptographicOperations.FixedTimeEquals(hash, sharedHash);
    }
}
