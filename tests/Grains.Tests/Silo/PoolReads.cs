namespace OpenClaw.Grains.Tests.Silo;

/// <summary>How often a queue has read its backlog.</summary>
internal sealed class PoolReads(Action duringHead)
{
    private int groups;
    private int heads;

    /// <summary>Reads of which groups there are.</summary>
    public int Groups => Volatile.Read(ref groups);

    /// <summary>Reads of what is in a group, begun.</summary>
    public int Heads => Volatile.Read(ref heads);

    public void CountGroups() => Interlocked.Increment(ref groups);

    public void CountHead()
    {
        Interlocked.Increment(ref heads);
        duringHead();
    }
}
