namespace OpenClaw.Storage.Audit;

/// <summary>One of the oldest links of a chain.</summary>
internal readonly record struct OldLink(long Link, byte[] Hash, DateTimeOffset At)
{
    /// <summary>
    /// How many of them, which are in order, are from before a time: without a gap from the first on, and not the last of them, for a
    /// chain keeps its last link.
    /// </summary>
    public static int CountBefore(IReadOnlyList<OldLink> links, DateTimeOffset time) =>
        links.Take(Math.Max(0, links.Count - 1)).TakeWhile(link => link.At < time).Count();
}
