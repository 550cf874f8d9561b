namespace OpenClaw.Grains.WakeUps;

/// <summary>
/// A task stays due for a while when it can't be woken (its grain hangs, the store is down). Remembers which were woken lately, so that
/// such tasks neither cost a call every sweep nor fill the page and hide the others. Pure.
/// </summary>
internal sealed class RecentlyWokenTasks
{
    private static readonly TimeSpan WakeAgainAfter = TimeSpan.FromSeconds(15);

    private Dictionary<Guid, DateTimeOffset> wokenAt = [];

    /// <summary>How many due tasks are remembered: that much longer must the next page be.</summary>
    public int Count => wokenAt.Count;

    /// <summary>Up to <paramref name="limit"/> of the due tasks that were not woken lately; forgets those that are due no more.</summary>
    public List<Guid> ChooseDue(IReadOnlyList<Guid> due, DateTimeOffset now, int limit)
    {
        var chosen = new List<Guid>(Math.Min(due.Count, limit));
        if (due.Count == 0)
        {
            wokenAt.Clear();
            return chosen;
        }
        var still = new Dictionary<Guid, DateTimeOffset>(due.Count);
        foreach (var task in due)
        {
            if (wokenAt.TryGetValue(task, out var at) && (now - at).Duration() < WakeAgainAfter)
            {
                still[task] = at;
            }
            else if (chosen.Count < limit)
            {
                chosen.Add(task);
                still[task] = now;
            }
        }
        wokenAt = still;
        return chosen;
    }
}
