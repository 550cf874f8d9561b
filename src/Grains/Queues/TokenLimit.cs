namespace OpenClaw.Grains.Queues;

/// <summary>How many tasks of one token may run at once, and how many a queue counts: those it offers, and those that run.</summary>
internal sealed class TokenLimit(string tokenId)
{
    public string TokenId { get; } = tokenId;

    public int MaxRunning { get; set; }

    /// <summary>Its tasks that are counted.</summary>
    public int Count { get; set; }

    /// <summary>None of its tasks is handed out before another one has ended.</summary>
    public bool IsFull => Count >= MaxRunning;

    /// <summary>The latest read of the table had it.</summary>
    public bool IsRead { get; set; }
}

/// <summary>A task that counts against its token's limit.</summary>
internal sealed class CountedTask(TokenLimit limit)
{
    public TokenLimit Limit { get; } = limit;

    /// <summary>This queue offers it.</summary>
    public bool IsOffered { get; set; }

    /// <summary>It runs, or waits for an approval with its worker, by the table or by its own word.</summary>
    public bool IsRunning { get; set; }

    /// <summary>Change count at its own word: a read that began before it knows less.</summary>
    public long ChangedAt { get; set; }

    /// <summary>The latest read of the table had it.</summary>
    public bool IsRead { get; set; }
}
