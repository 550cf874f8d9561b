using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Hosting;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Security;

/// <summary>
/// What the store said about a token id lately, absence included. Bounded: when it is full of fresh entries, new ones are asked
/// for every time.
/// </summary>
internal sealed class TokenCache(IGrainFactory grains, TimeProvider clock, IOptions<GatewayOptions> options, TokenReadiness tokens)
{
    internal const int Capacity = 10_000;

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly TimeSpan lifetime = options.Value.TokenCache;

    /// <summary>The token; null when there is none.</summary>
    public ValueTask<KnownToken?> FindToken(ReadOnlySpan<char> id)
    {
        var found = entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var entry);
        return found && clock.GetElapsedTime(entry.At) < lifetime ? new(entry.Token) : new(FetchToken(id.ToString()));
    }

    /// <summary>The same as the store has it now.</summary>
    public async Task<KnownToken?> FetchToken(string id)
    {
        var at = clock.GetTimestamp();
        var absenceCounts = tokens.IsReady;
        var token = KnownToken.FromRecord(await grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(id)).Get());
        if (token is null && !absenceCounts) return null;
        if (entries.Count >= Capacity) DropStale();
        if (entries.Count < Capacity) KeepLatest(id, new(token, at));
        return token;
    }

    /// <summary>The token was changed here, just now.</summary>
    public void SetRecord(TokenRecord record) => KeepLatest(record.TokenId, new(KnownToken.FromRecord(record), clock.GetTimestamp()));

    /// <summary>A look-up that was under way while the token was changed brings what it was before.</summary>
    private void KeepLatest(string id, Entry entry) => entries.AddOrUpdate(
        id, static (_, fresh) => fresh,
        static (_, known, fresh) => known.Token?.Record.Version > fresh.Token?.Record.Version ? known : fresh, entry);

    private void DropStale()
    {
        foreach (var (id, entry) in entries)
        {
            if (clock.GetElapsedTime(entry.At) >= lifetime) entries.TryRemove(id, out _);
        }
    }

    private readonly record struct Entry(KnownToken? Token, long At);
}
