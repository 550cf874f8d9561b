using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Hosting;
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

    /// <summary>The token's record; null when there is none.</summary>
    public ValueTask<TokenRecord?> FindRecord(ReadOnlySpan<char> id)
    {
        var found = entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var entry);
        return found && clock.GetElapsedTime(entry.At) < lifetime ? new(entry.Record) : new(FetchRecord(id.ToString()));
    }

    /// <summary>The same as the store has it now.</summary>
    public async Task<TokenRecord?> FetchRecord(string id)
    {
        var at = clock.GetTimestamp();
        var absenceCounts = tokens.IsReady;
        var record = await grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(id)).Get();
        if (record is null && !absenceCounts) return null;
        if (entries.Count >= Capacity) DropStale();
        if (entries.Count < Capacity) entries[id] = new(record, at);
        return record;
    }

    private void DropStale()
    {
        foreach (var (id, entry) in entries)
        {
            if (clock.GetElapsedTime(entry.At) >= lifetime) entries.TryRemove(id, out _);
        }
    }

    private readonly record struct Entry(TokenRecord? Record, long At);
}
