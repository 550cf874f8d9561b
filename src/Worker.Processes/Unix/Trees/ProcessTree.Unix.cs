namespace OpenClaw.Worker.Processes.Unix.Trees;

/// <summary>Which processes belong to an attempt: pure, over a table.</summary>
internal static class ProcessTree
{
    /// <summary>
    /// Members of the root's group or session, those that carry the marker, and all their descendants. Zombies have ended and count
    /// for nothing, but what they left behind is found through group, session and marker. Never this process itself.
    /// </summary>
    public static List<ProcessEntry> FindMembers(
        IReadOnlyCollection<ProcessEntry> table, int root, int self, Func<ProcessEntry, bool> marked)
    {
        var children = table.ToLookup(entry => entry.Parent);
        var found = new Dictionary<int, ProcessEntry>();
        var open = new Stack<ProcessEntry>(table.Where(entry => entry.Pid != self && (entry.Pid == root || entry.Group == root
            || entry.Session == root || (!entry.Zombie && marked(entry)))));
        while (open.TryPop(out var entry))
        {
            if (entry.Pid == self || !found.TryAdd(entry.Pid, entry)) continue;
            foreach (var child in children[entry.Pid])
                open.Push(child);
        }
        return [.. found.Values.Where(entry => !entry.Zombie)];
    }
}
