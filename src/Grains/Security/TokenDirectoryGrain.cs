using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Grains.Ports;
using OpenClaw.Protocol;

namespace OpenClaw.Grains.Security;

/// <summary>
/// The ids of a tenant's tokens; what they may do their own grains know. All changes go through here one after the other, so that two
/// administrators can't revoke each other at once and leave nobody. Where two clusters share a database that is not promised.
/// </summary>
[CollectionAgeLimit(Minutes = 10)]
internal sealed class TokenDirectoryGrain(
    [PersistentState("tokens", "Default")] IPersistentState<TokenIds> state, TimeProvider clock) : Grain, ITokenDirectoryGrain
{
    /// <summary>Grains asked at once: each that is not in memory is a read of the store.</summary>
    private const int AskedAtOnce = 16;

    private readonly CurrentState<TokenIds> current = new(state);

    public async Task Add(string id, bool admin)
    {
        if (Knows(id, admin)) return;
        await current.EnsureCurrent();
        if (!Knows(id, admin)) await StoreIds(id, admin);
    }

    public async Task<TokenReply> Save(TokenRecord token, DateTimeOffset now)
    {
        await current.EnsureCurrent();
        var admin = token.FindRole() == Protocol.Security.TokenRoles.Admin;
        if (token.Version == 0 && state.State.Ids.Length >= Limits.Tokens && !Knows(token.TokenId, admin)) return TokenReply.TooMany;
        if (!token.Administers(now) && await IsLastAdmin(token.TokenId, now)) return TokenReply.LastAdmin;
        // Two that make a tenant at the same moment are let in one after the other here. A call that is repeated finds its own.
        if (token.IsFirst && token.Version == 0 && (await AskTokens([.. state.State.Ids.Where(id => id != token.TokenId)])).Length > 0)
            return TokenReply.NotFirst;
        // Before the token itself: one that is in the list and was not made is left out of it, one that is missing is seen by nobody.
        if (!Knows(token.TokenId, admin)) await StoreIds(token.TokenId, admin);
        return await GetToken(token.TokenId).Save(token);
    }

    public async Task<TokenPage?> Page(string? after, int limit)
    {
        await current.EnsureCurrent();
        var ids = state.State.Ids.Where(id => string.CompareOrdinal(id, after) > 0).Order(StringComparer.Ordinal)
            .Take(limit + 1).ToArray();
        var page = ids.Length > limit ? ids[..limit] : ids;
        if (state.State.UsesSince is null && state.State.Ids.Length > 0) await StoreIds(state.State.Ids[0], admin: false);
        return new TokenPage(await AskTokens(page), ids.Length > limit ? page[^1] : null) { UsesSince = state.State.UsesSince };
    }

    /// <summary>True when the token administers tokens now, and no other one does that as well as it.</summary>
    private async Task<bool> IsLastAdmin(string id, DateTimeOffset now)
    {
        if (!state.State.Admins.Contains(id) || await GetToken(id).Get() is not { } token || !token.Administers(now)) return false;
        foreach (var others in state.State.Admins.Where(other => other != id).Chunk(AskedAtOnce))
            if ((await AskTokens(others)).Any(other => other.Administers(now) && other.Replaces(token))) return false;
        return true;
    }

    private async Task<TokenRecord[]> AskTokens(string[] ids)
    {
        var found = new List<TokenRecord>(ids.Length);
        foreach (var some in ids.Chunk(AskedAtOnce))
            found.AddRange((await Task.WhenAll(some.Select(id => GetToken(id).Get()))).OfType<TokenRecord>());
        return [.. found];
    }

    /// <summary>Not without the time since when uses are noted: the list of an older build has none.</summary>
    private bool Knows(string id, bool admin) => state.State.UsesSince is not null
        && state.State.Ids.Contains(id) && (!admin || state.State.Admins.Contains(id));

    private Task StoreIds(string id, bool admin)
    {
        var known = state.State;
        return state.StoreOrForget(
            new TokenIds
            {
                Ids = [.. known.Ids.Union([id], StringComparer.Ordinal)],
                Admins = admin ? [.. known.Admins.Union([id], StringComparer.Ordinal)] : known.Admins,
                UsesSince = known.UsesSince ?? clock.GetUtcNow(),
            },
            DeactivateOnIdle);
    }

    private ITokenGrain GetToken(string id) => GrainFactory.GetGrain<ITokenGrain>(GrainKeys.ForToken(id));
}

/// <summary>What is stored of a tenant's tokens.</summary>
[GenerateSerializer, Alias("TokenIds")]
internal sealed record TokenIds
{
    /// <summary>Ids of all of them.</summary>
    [Id(0)] public string[] Ids { get; set; } = [];
    /// <summary>Ids of those that are administrators', revoked ones as well.</summary>
    [Id(1)] public string[] Admins { get; set; } = [];
    /// <summary>Since when uses of them are noted; null: an older build wrote this.</summary>
    [Id(2)] public DateTimeOffset? UsesSince { get; set; }
}
