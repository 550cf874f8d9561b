namespace OpenClaw.Grains.Queues;

// Whose turn it is: tokens share a queue by turns, whatever they have in it.
internal sealed partial class Backlog
{
    /// <summary>Looks at the table after which a token without tasks is forgotten, and would be served first: a minute.</summary>
    private const int LooksRemembered = 12;

    private readonly Dictionary<string, TokenShare> shares = new(StringComparer.Ordinal);
    private long turns;

    /// <summary>Tokens of which something is remembered.</summary>
    public int ShareCount => shares.Count;

    /// <summary>Number of a token's latest turn; 0: none that is remembered.</summary>
    public long GetLastTurn(string tokenId) => shares.TryGetValue(tokenId, out var share) ? share.LastTurn : 0;

    /// <summary>The better of a first and the first of a group: by priority, then by whose turn it is, then by arrival.</summary>
    private static BacklogEntry? ChooseBetter(BacklogEntry? best, BacklogGroup group)
    {
        if (group.First is not { } first) return best;
        if (best is null) return first;
        var order = best.Entry.Priority.CompareTo(first.Entry.Priority);
        if (order == 0) order = first.Group.Share.LastTurn.CompareTo(best.Group.Share.LastTurn);
        if (order == 0) order = BacklogOrder.ByArrival.Compare(first, best);
        return order < 0 ? first : best;
    }

    private TokenShare GetOrAddShare(string tokenId)
    {
        if (!shares.TryGetValue(tokenId, out var share))
            shares.Add(tokenId, share = new TokenShare(tokenId) { Limit = limits.GetValueOrDefault(tokenId) });
        return share;
    }

    private void ForgetIdleShares()
    {
        foreach (var share in shares.Values)
        {
            share.IdleLooks = share.Groups.Count > 0 ? 0 : share.IdleLooks + 1;
            // Allowed while it is walked.
            if (share.IdleLooks > LooksRemembered) shares.Remove(share.TokenId);
        }
    }
}
