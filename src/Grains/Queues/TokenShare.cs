namespace OpenClaw.Grains.Queues;

/// <summary>
/// What a queue knows of one token whose tasks it has. Of several whose tasks a worker could take, all of the same priority, the one
/// is served whose last turn is longest ago: however many tasks one of them has, another's next waits for one turn of each.
/// </summary>
internal sealed class TokenShare(string tokenId)
{
    public string TokenId { get; } = tokenId;

    /// <summary>Number of its latest turn; 0: it had none, or none that is remembered.</summary>
    public long LastTurn { get; set; }

    /// <summary>Groups with tasks of its own.</summary>
    public HashSet<BacklogGroup> Groups { get; } = [];

    /// <summary>How many of its tasks may run at once; null: as many as there are workers.</summary>
    public TokenLimit? Limit { get; set; }

    /// <summary>As many of its tasks run as may.</summary>
    public bool IsFull => Limit is { IsFull: true };

    /// <summary>Looks at the table since the last of its groups was dropped.</summary>
    public int IdleLooks { get; set; }
}
