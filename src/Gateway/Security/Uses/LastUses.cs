using System.Collections.Concurrent;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Hosting.Clocks;

namespace OpenClaw.Gateway.Security.Uses;

/// <summary>
/// When tokens were last let in here, in memory; <see cref="LastUseWriter"/> tells the cluster now and then. Only of tokens that were let
/// in, so nobody fills it with what he made up; of a worker's key <c>GET /workers</c> knows more, and a join token is used once.
/// </summary>
internal sealed class LastUses(TimeProvider clock)
{
    internal const int Capacity = Protocol.Limits.Tokens;

    private static readonly TimeSpan AboutTheSame = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, LastUse> uses = new(StringComparer.Ordinal);
    private readonly TimeProvider wall = AnchoredClock.GetWallClock(clock);

    /// <summary>A token was let in just now.</summary>
    public void NoteUse(TokenRecord record)
    {
        if (record is not { Identity: null, Invite: null }) return;
        if (!uses.TryGetValue(record.TokenId, out var use))
        {
            if (uses.Count >= Capacity) DropTold();
            // Full of tokens that are all in use: the others are told when there is room.
            if (uses.Count >= Capacity) return;
            use = uses.GetOrAdd(record.TokenId, static _ => new LastUse());
        }
        use.At = wall.GetUtcNow();
    }

    /// <summary>When a token was last let in here; null: not lately.</summary>
    public DateTimeOffset? FindUse(string tokenId) => uses.TryGetValue(tokenId, out var use) ? use.At : null;

    /// <summary>The latest use of each token that the cluster is to be told now.</summary>
    public IEnumerable<(string TokenId, DateTimeOffset At)> GetDue()
    {
        var now = clock.GetTimestamp();
        foreach (var (id, use) in uses)
            if (use.At > use.Stored && use.DueAt <= now) yield return (id, use.At);
    }

    /// <summary>
    /// What the cluster has of a token after it was told; null: it does not say, as when a silo of an older build lives. Where another
    /// gateway was first, and this use is later, it is told once more.
    /// </summary>
    public void NoteStored(string tokenId, DateTimeOffset at, DateTimeOffset? stored)
    {
        if (!uses.TryGetValue(tokenId, out var use)) return;
        // By a clock that is a little behind this one's it is earlier, and stored all the same.
        use.Stored = stored is { } last && at - last > AboutTheSame ? last : at;
        use.DueAt = clock.GetTimestamp() + (long)(TokenUseTiming.StoredEvery.TotalSeconds * clock.TimestampFrequency);
    }

    private void DropTold()
    {
        var now = wall.GetUtcNow();
        foreach (var (id, use) in uses)
            if (use.At <= use.Stored && now - use.At >= TokenUseTiming.StoredEvery) uses.TryRemove(id, out _);
    }

    /// <summary>Times as ticks, so that a request writes one number and takes no lock.</summary>
    private sealed class LastUse
    {
        private long at;
        private long stored;
        private long dueAt = long.MinValue;

        public DateTimeOffset At
        {
            get => new(Volatile.Read(ref at), TimeSpan.Zero);
            set => Volatile.Write(ref at, value.UtcTicks);
        }

        /// <summary>What the cluster is known to have.</summary>
        public DateTimeOffset Stored
        {
            get => new(Volatile.Read(ref stored), TimeSpan.Zero);
            set => Volatile.Write(ref stored, value.UtcTicks);
        }

        /// <summary>The cluster is not told before this timestamp.</summary>
        public long DueAt
        {
            get => Volatile.Read(ref dueAt);
            set => Volatile.Write(ref dueAt, value);
        }
    }
}
