using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Hosting;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.Gateway.Security.Uses;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Hosting.Clocks;

namespace OpenClaw.Gateway.Security;

/// <summary>Decides whether a bearer token is good and for what.</summary>
internal sealed class TokenCheck
{
    private const string SharedTokenId = "shared";

    private readonly TokenCache cache;
    private readonly LongRequests requests;
    private readonly LastUses uses;
    /// <summary>A token lives until a date, whatever this process holds time for.</summary>
    private readonly TimeProvider wall;
    private readonly RequestRates rates;
    private readonly byte[]? sharedHash;

    public TokenCheck(TokenCache cache, LongRequests requests, LastUses uses, TimeProvider clock, IOptions<GatewayOptions> options)
    {
        (this.cache, this.requests, this.uses) = (cache, requests, uses);
        (wall, rates) = (AnchoredClock.GetWallClock(clock), new RequestRates(clock));
        sharedHash = options.Value.SharedToken is { } shared ? SHA256.HashData(Encoding.UTF8.GetBytes(shared)) : null;
    }

    /// <summary>The caller a token stands for; null when it is not good, whatever the reason.</summary>
    public ValueTask<Caller?> FindCaller(string token, IPAddress? address)
    {
        if (IsShared(token)) return new(new Caller(SharedTokenId, Caller.FirstTenant, Roles.Client | Roles.Worker, address));
        if (!TokenText.TryParse(token, out var id, out _, out _)) return default;
        var known = cache.FindToken(id, address);
        return known.IsCompletedSuccessfully ? new(DecideCaller(token, known.Result, address)) : DecideLater(token, known, address);
    }

    /// <summary>
    /// Why a token is not let in, for the audit: whoever sent it is told nothing of this. It was looked up just now, so nobody is asked
    /// anew. Null: it is nobody's, or has not a token's form.
    /// </summary>
    public string? ExplainRefusal(string token)
    {
        if (!TokenText.TryParse(token, out var name, out _, out _)) return null;
        if (cache.FindRemembered(name) is not { Record: var record } known) return null;
        return record.Revoked ? $"{record.TokenId}: revoked"
            : !record.IsAlive(wall.GetUtcNow()) ? $"{record.TokenId}: expired"
            : !known.IsStanding ? $"{record.TokenId}: its person or tenant is disabled"
            : $"{record.TokenId}: another secret";
    }

    /// <summary>Whether a token, or the id of one, is known here as a worker's key; asks nobody.</summary>
    public bool IsWorkersKey(string token) =>
        cache.FindRemembered(TokenText.TryParse(token, out var id, out _, out _) ? id : token)?.Record.Identity is not null;

    /// <summary>
    /// Whether a caller who was let in with an issued token would be let in now, for what still goes on; that counts as a use. Asks the
    /// store, whatever is remembered.
    /// </summary>
    public async Task<bool> IsStillValid(Caller caller)
    {
        var token = await cache.FetchToken(caller.TokenId);
        if (!IsStillValid(caller, token)) return false;
        uses.NoteUse(token!.Record);
        return true;
    }

    /// <summary>
    /// The same by a record of its token. With other rules it is not: what goes on by the ones of before is cut, and judged anew when it
    /// comes again.
    /// </summary>
    public bool IsStillValid(Caller caller, KnownToken? token) => token?.Role == caller.Roles
        && token.IsAlive(wall.GetUtcNow()) && token.Record.RulesVersion == caller.Use.RulesVersion
        && token.PersonVersion == caller.Use.PersonVersion
        && KnownToken.IsGood(token.Record, caller.Generation, wall.GetUtcNow());

    /// <summary>Counts a request of a token with a limit; how long it has to wait when it comes too early, else zero.</summary>
    public TimeSpan CountRequest(string tokenId, int perMinute) => rates.CountRequest(tokenId, perMinute);

    private async ValueTask<Caller?> DecideLater(string token, ValueTask<KnownToken?> known, IPAddress? address) =>
        DecideCaller(token, await known, address);

    /// <summary>The same work for a token that is unknown, expired, revoked or has a wrong secret.</summary>
    private Caller? DecideCaller(string token, KnownToken? known, IPAddress? address)
    {
        TokenText.TryParse(token, out _, out var secret, out var role);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        TokenText.HashSecret(secret, hash);
        var now = wall.GetUtcNow();
        var generation = KnownToken.FindGeneration(known, hash, now);
        if (generation is not { } shown || !known!.IsAlive(now) || known.Role != role) return null;
        uses.NoteUse(known.Record);
        return new Caller(known.Record.TokenId, known.Record.Tenant, role, address, requests, known) { Generation = shown };
    }

    /// <summary>Hashes have one length, so the comparison tells nothing of the length either.</summary>
    private bool IsShared(string token)
    {
        if (sharedHash is null) return false;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return CryptographicOperations.FixedTimeEquals(hash, sharedHash);
    }
}

/// <summary>
/// What the store said about a token id lately, absence included. Bounded: when it is full of fresh entries, new ones are asked for every
/// time. Ids that are made up take no room from those of tokens.
/// </summary>
internal sealed class TokenCache(
    IGrainFactory grains, ITokenIds ids, TimeProvider clock, IOptions<GatewayOptions> options, TokenReadiness tokens, LookupTurns turns)
{
    internal const int Capacity = 10_000;

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    /// <summary>Ids that nobody has, and when that was asked.</summary>
    private readonly ConcurrentDictionary<string, long> absent = new(StringComparer.Ordinal);
    private readonly TimeSpan lifetime = options.Value.TokenCache;

    /// <summary>The token; null when there is none, or when too many look-ups wait of addresses that failed as this one did.</summary>
    public ValueTask<KnownToken?> FindToken(ReadOnlySpan<char> id, IPAddress? address = null)
    {
        if (entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var entry) && IsFresh(entry.At)) return new(entry.Token);
        if (absent.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var asked) && IsFresh(asked)) return default;
        return new(FetchToken(id.ToString(), address));
    }

    /// <summary>What is known of it here, however long ago; asks nobody.</summary>
    public KnownToken? FindRemembered(ReadOnlySpan<char> id) =>
        entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var entry) ? entry.Token : null;

    /// <summary>The same as the store has it now.</summary>
    public async Task<KnownToken?> FetchToken(string id, IPAddress? address = null)
    {
        var absenceCounts = tokens.IsReady;
        if (!entries.ContainsKey(id) && !await IsStored(id, address, absenceCounts)) return null;
        var at = clock.GetTimestamp();
        var token = await grains.FindKnown(await grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(id)).Get());
        if (token is null)
        {
            entries.TryRemove(id, out _);
            if (absenceCounts) RememberAbsent(id, at);
            return null;
        }
        if (entries.Count >= Capacity) DropStale();
        if (entries.Count < Capacity) KeepLatest(id, new(token, at));
        return token;
    }

    /// <summary>The token was changed here, just now.</summary>
    public void SetRecord(TokenRecord record, Standing? standing = null)
    {
        if (KnownToken.FromRecord(record, standing) is { } token) KeepLatest(record.TokenId, new(token, clock.GetTimestamp()));
    }

    /// <summary>What these are worth was changed here, just now: they are asked for again.</summary>
    public void ForgetTokens(Func<KnownToken, bool> which)
    {
        foreach (var (id, entry) in entries)
            if (which(entry.Token)) entries.TryRemove(id, out _);
    }

    /// <summary>
    /// Asked before its grain is: whoever makes ids up, and the check sum is no secret, would have one activated for each.
    /// </summary>
    private async ValueTask<bool> IsStored(string id, IPAddress? address, bool absenceCounts)
    {
        if (await turns.WaitForTurn(address) is not { } turn) return false;
        try
        {
            // Another request may have asked while this one waited.
            if (entries.ContainsKey(id)) return true;
            if (absent.TryGetValue(id, out var asked) && IsFresh(asked)) return false;
            var at = clock.GetTimestamp();
            if (await ids.IsStored(id, CancellationToken.None)) return true;
            if (absenceCounts) RememberAbsent(id, at);
            return false;
        }
        finally
        {
            turn.Release();
        }
    }

    private bool IsFresh(long at) => clock.GetElapsedTime(at) < lifetime;

    /// <summary>A look-up that was under way while the token was changed brings what it was before.</summary>
    private void KeepLatest(string id, Entry entry)
    {
        entries.AddOrUpdate(
            id, static (_, fresh) => fresh,
            static (_, known, fresh) => known.Token.Record.Version > fresh.Token.Record.Version ? known : fresh, entry);
        absent.TryRemove(id, out _);
    }

    private void RememberAbsent(string id, long at)
    {
        if (absent.Count >= Capacity) DropStale();
        if (absent.Count < Capacity) absent[id] = at;
    }

    private void DropStale()
    {
        foreach (var (id, entry) in entries)
            if (entries.Count >= Capacity && !IsFresh(entry.At)) entries.TryRemove(id, out _);
        foreach (var (id, at) in absent)
            if (!IsFresh(at)) absent.TryRemove(id, out _);
    }

    private readonly record struct Entry(KnownToken Token, long At);
}
