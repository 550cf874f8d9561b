namespace OpenClaw.GrainInterfaces.Queues;

/// <summary>What the tasks of one group of a backlog have in common.</summary>
/// <param name="Requires">The labels they require, in canonical form.</param>
/// <param name="TokenId">The token they were submitted with; empty: it is not known.</param>
public readonly record struct GroupName(string Requires, string TokenId)
{
    /// <summary>The group of a task.</summary>
    public static GroupName FromEntry(in QueueEntry entry) => new(entry.Requires, entry.TokenId ?? "");
}
